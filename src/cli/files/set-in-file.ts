import type { Command } from "commander";
import { sealedPrefix } from "../../crypto/sealed-text.ts";
import { sealValue } from "../../crypto/sealed-value.ts";
import { readSecretFile } from "../formats/secret-file.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { isAsked, readValue } from "../frame/value-input.ts";
import { hasYamlName, readYamlFiles, type TextFile } from "./find-files.ts";
import { rewriteFiles } from "./rewrite-values.ts";
import { openSealer, type SealerOptions } from "./sealer.ts";

/** Which file, and how the value is sealed. */
export interface SetInFileOptions extends SealerOptions {
  readonly file: string;
  readonly namespace?: string;
}

/**
 * Seals a value and puts it into the entry of its key in a YAML file. All other lines stay as they are, byte for byte.
 * @throws CliError when the file has not exactly one such entry with a value; nothing is changed then
 */
export async function setInFile(
  cli: Cli,
  command: Command,
  asked: string,
  value: string | undefined,
  options: SetInFileOptions,
): Promise<void> {
  const { file, namespace } = options;
  if (!hasYamlName(file)) throw usageError("--file must name a YAML file: *.yaml or *.yml");
  checkNamespace(namespace);
  const wanted = withNamespace(asked, namespace);
  const files = readYamlFiles(file, cli.output);
  requireEntry(files, wanted, options);
  // The value is asked for before the service is: a person who waits types into nothing.
  const plain = await readValue(value, cli, isAsked(value, cli) ? wanted : undefined);
  if (plain.startsWith(sealedPrefix)) {
    throw new CliError("the value is sealed already", ["give the plain value: it is sealed here, for this key"]);
  }
  const sealer = await openSealer(cli, command, options);
  const place = { tenant: sealer.tenant, scope: "key", target: wanted } as const;
  await rewriteFiles(files, namespace, async (_, key) =>
    key === wanted ? sealValue(sealer, place, plain) : undefined,
  );
  cli.output.result(`Set ${wanted} in ${file}.\n`);
}

function requireEntry(files: readonly TextFile[], wanted: string, { file: path, namespace }: SetInFileOptions): void {
  const entries = files
    .flatMap((file) => readSecretFile(file.path, file.text))
    .filter(({ input }) => input.key !== undefined && withNamespace(input.key, namespace) === wanted);
  const [entry, second] = entries;
  if (entry === undefined) {
    throw new CliError(`there is no ${wanted} in ${path}`, [
      "a new entry: oo secret encrypt KEY, and append what it prints",
    ]);
  }
  if (second !== undefined) throw second.complain(`${wanted} is in ${entry.place} already`, "duplicate-key");
  const { value, valueBytes } = entry.input;
  if (value === undefined && valueBytes === undefined)
    throw entry.complain(`${wanted} has no value here: add a line for it first`);
}
