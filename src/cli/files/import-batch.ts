import { limits } from "../../limits.ts";
import { keyProblem } from "../../rules/secret-key.ts";
import type { Imported, LeftOut } from "../formats/import-tree.ts";
import { type SecretInput, setList } from "../formats/secret-fields.ts";
import { CliError } from "../frame/errors.ts";
import { withNamespace } from "../frame/namespace.ts";
import type { FileBatch } from "./file-batch.ts";

/** What names become, and who may read what they name. */
export interface ImportTarget {
  readonly mapped: ReadonlyMap<string, string>;
  readonly namespace: string | undefined;
  readonly readers: readonly string[];
}

/** Values of another tool as a batch, with what cannot be in it. Throws CliError for more than one batch has. */
export function toImportBatch(
  { values, leftOut }: Imported,
  { mapped, namespace, readers }: ImportTarget,
  file: string,
): { readonly batch: FileBatch; readonly leftOut: readonly LeftOut[] } {
  const secrets: SecretInput[] = [];
  const places: string[] = [];
  const skipped = [...leftOut];
  for (const { name, value } of values) {
    const key = withNamespace(mapped.get(name) ?? name, namespace);
    const problem = keyProblem(key)?.rule;
    if (problem !== undefined) skipped.push({ name, why: `cannot be a key, which ${problem}: --map gives it another` });
    else if (secrets.some((each) => each.key === key)) skipped.push({ name, why: `would be ${key}, as another one` });
    else if (typeof value === "string" && value.startsWith("seal.v1."))
      skipped.push({ name, why: "is a sealed value: `oo secret save` takes files of them" });
    else {
      const secret: SecretInput = typeof value === "string" ? { key, value } : { key, valueBytes: value };
      if (readers.length > 0) setList(secret, "readers", readers);
      secrets.push(secret);
      places.push(`${file}: ${name}`);
    }
  }
  if (secrets.length > limits.batchItems) {
    throw new CliError(`${file} holds ${secrets.length} secrets, and one import takes at most ${limits.batchItems}`);
  }
  return { batch: { secrets, places }, leftOut: skipped };
}

/** @throws CliError when `--map` names what is not there */
export function requireMapped(values: Imported["values"], mapped: ReadonlyMap<string, string>, file: string): void {
  const unknown = [...mapped.keys()].find((name) => !values.some((each) => each.name === name));
  if (unknown !== undefined) throw new CliError(`--map: there is no ${unknown} in ${file}`);
}
