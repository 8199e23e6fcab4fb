import { looksSealed, parseSealed, type SealedPlace, SealedTextError } from "../../crypto/sealed-text.ts";
import { limits } from "../../limits.ts";
import { keyProblem } from "../../rules/secret-key.ts";
import { FileError } from "../formats/file-error.ts";
import type { SecretInput } from "../formats/secret-fields.ts";
import { type FileSecret, readSecretFile } from "../formats/secret-file.ts";
import { CliError } from "../frame/errors.ts";
import { withNamespace } from "../frame/namespace.ts";
import type { Output } from "../print/output.ts";
import { readYamlFiles } from "./find-files.ts";

/** The secrets of files, ready to be sent, and the place of each one, such as `app.yaml:12`. */
export interface FileBatch {
  readonly secrets: readonly SecretInput[];
  readonly places: readonly string[];
}

/** The value that `$(oo secret encrypt KEY | grep value:)` puts into a file. */
const printedField = /^value:[ \t]*(seal\.\S+)[ \t]*$/;

/**
 * Reads all the secrets of a file, or of the files of a folder, before anything is sent. Every key that does not begin
 * with the given namespace gets it. With `mustBeComplete`, no file of a folder may be left out.
 * @throws CliError when a secret cannot be read, is wrong, or is there twice, or when there are too many for one batch
 */
export function readFileBatch(
  path: string,
  namespace: string | undefined,
  output: Output,
  completeness?: { readonly mustBeComplete: boolean },
): FileBatch {
  const files = readYamlFiles(path, output, completeness);
  if (files.length === 0) throw new CliError(`there are no *.yaml or *.yml files in ${path}`);
  const found = files.flatMap((file) => readSecretFile(file.path, file.text));
  if (found.length > limits.batchItems) {
    throw new CliError(`${path} holds ${found.length} secrets, and one save takes at most ${limits.batchItems}`);
  }
  if (found.length === 0) output.hint(`${path} holds no secrets`);
  const secrets = found.map((secret) => ({ ...placeIn(namespace, secret), ...unwrapValue(secret, output) }));
  refuseSameKey(secrets, found);
  return { secrets, places: found.map(({ place }) => place) };
}

/** The sealed text in a value into which a whole line of output was copied; undefined for any other value. */
export function sealedAfterName(value: string): string | undefined {
  return printedField.exec(value)?.[1];
}

/** The place that a sealed text says it was sealed for; undefined for any other text. */
function placeOfSealed(text: string): SealedPlace | undefined {
  if (!looksSealed(text)) return undefined;
  try {
    return parseSealed(text).place;
  } catch (error) {
    if (error instanceof SealedTextError) return undefined;
    throw error;
  }
}

function placeIn(namespace: string | undefined, { input, complain }: FileSecret): SecretInput {
  if (namespace === undefined) return input;
  if (input.key === undefined) throw complain("has no key to put the namespace before");
  const key = withNamespace(input.key, namespace);
  const problem = keyProblem(key);
  if (problem !== undefined) throw complain(`key with the namespace ${problem.rule}`, "key", "key");
  const sealed = sealedAfterName(input.value ?? "") ?? input.value ?? "";
  if (key !== input.key && placeOfSealed(sealed)?.target === input.key) {
    const problem = `the value is sealed for ${input.key} and cannot be saved as ${key}`;
    const { complaint } = complain(problem, "sealed-key", "value");
    throw new FileError(complaint, [`seal it for its place: oo secret encrypt -n ${namespace} ${input.key}`]);
  }
  return { ...input, key };
}

function unwrapValue({ input, place }: FileSecret, output: Output): Pick<SecretInput, "value"> {
  const sealed = sealedAfterName(input.value ?? "");
  if (sealed === undefined) return {};
  output.hint(
    `${place}: the value begins with 'value:', which is left out; \`oo secret encrypt -o value\` prints the sealed text alone`,
  );
  return { value: sealed };
}

function refuseSameKey(secrets: readonly SecretInput[], found: readonly FileSecret[]): void {
  const places = new Map<string, string>();
  for (const [i, { key }] of secrets.entries()) {
    const item = found[i];
    if (key === undefined || item === undefined) continue;
    const earlier = places.get(key);
    if (earlier !== undefined) throw item.complain(`${key} is in ${earlier} already`, "duplicate-key");
    places.set(key, item.place);
  }
}
