import { type ChecksumAlgorithm, checksumOf, parseChecksumAlgorithm } from "../../crypto/checksum.ts";
import { compareBytes } from "../../text/byte-order.ts";
import { type FileSecret, readSecretFile } from "../formats/secret-file.ts";
import { CliError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import type { Output } from "../print/output.ts";
import { withCount } from "../print/progress.ts";
import { readTextFile, readYamlFiles, type TextFile } from "./find-files.ts";
import { applyEdits, type Edit, sealedValueEdits } from "./sealed-value-edits.ts";
import { replace } from "./write-file.ts";

/**
 * Decides the new value of an entry: a sealed text, or undefined to leave it. `key` is the key under which it will be
 * saved.
 */
export type Rewrite = (secret: FileSecret, key: string) => Promise<string | undefined>;

export interface Rewritten {
  readonly files: number;
  readonly values: number;
}

/** What is rewritten, and the word for it while it takes long, such as `sealing`. */
export interface Rewriting {
  readonly path: string;
  readonly namespace?: string;
  readonly doing: string;
}

/**
 * Puts sealed values into a file, or into all files of a folder, in place. What looks like a file of secrets and is
 * left out is a warning.
 * @throws CliError like `rewriteFiles`
 */
export async function rewriteValues(
  { path, namespace, doing }: Rewriting,
  output: Output,
  rewrite: Rewrite,
): Promise<Rewritten> {
  checkNamespace(namespace);
  const files = readYamlFiles(path, output, { warns: true });
  if (files.length === 0) throw new CliError(`there are no *.yaml or *.yml files in ${path}`);
  let done = 0;
  const counted: Rewrite = async (...entry) => {
    const value = await rewrite(...entry);
    done += 1;
    return value;
  };
  return withCount(
    output,
    () => `${doing}: ${done} secrets done`,
    () => rewriteFiles(files, namespace, counted),
  );
}

/**
 * Puts sealed values into files that were read. Adds `encrypted: true` and updates checksums. Everything else stays as
 * it is, byte for byte. Files are written only after everything has been decided, each as a whole, and only if no one
 * has changed any of them since they were read.
 * @throws CliError when anything cannot be decided or written; before the first write nothing is changed
 */
export async function rewriteFiles(
  files: readonly TextFile[],
  namespace: string | undefined,
  rewrite: Rewrite,
): Promise<Rewritten> {
  const parsed = files.map((file) => ({ file, secrets: readSecretFile(file.path, file.text) }));
  const changes: (TextFile & { readonly before: string })[] = [];
  let values = 0;
  for (const { file, secrets } of parsed) {
    const edits: Edit[] = [];
    const sealed: (string | undefined)[] = [];
    for (const secret of secrets) {
      const value = await rewrite(secret, placeOf(secret, namespace));
      sealed.push(value);
      if (value !== undefined) edits.push(...sealedValueEdits(file.text, secret.entry, sealedFields(value, secret)));
    }
    if (edits.length === 0) continue;
    const text = applyEdits(file.text, edits);
    checkRewritten(file.path, text, secrets, sealed);
    changes.push({ ...file, text, before: file.text });
    values += sealed.filter((each) => each !== undefined).length;
  }
  for (const { path, realPath = path, before } of changes) {
    if (readTextFile(realPath) !== before) throw new CliError(`${path} was changed meanwhile: nothing was written`);
  }
  for (const { path, realPath = path, text } of changes) replace(realPath, text);
  return { files: changes.length, values };
}

/** The checksum algorithm of an entry. Throws for an unknown one. */
export function algorithmOf({ input, complain }: FileSecret): ChecksumAlgorithm {
  const algorithm = parseChecksumAlgorithm(input.checksumAlgorithm ?? "");
  if (algorithm === undefined) {
    throw complain("checksumAlgorithm must be CRC32, SHA-256, SHA-512 or BLAKE2s", "checksum", "checksumAlgorithm");
  }
  return algorithm;
}

function placeOf({ input, complain }: FileSecret, namespace: string | undefined): string {
  if (input.key === undefined) throw complain("needs a key: a value is sealed for a key");
  return withNamespace(input.key, namespace);
}

function sealedFields(value: string, secret: FileSecret) {
  const checksumAlgorithm = algorithmOf(secret);
  return { value, checksum: checksumOf(checksumAlgorithm, Buffer.from(value)), checksumAlgorithm };
}

/** Throws unless the new text reads back as expected: the edits do not cover every way to write YAML. */
function checkRewritten(
  path: string,
  text: string,
  before: readonly FileSecret[],
  sealed: readonly (string | undefined)[],
): void {
  const after = reread(path, text);
  for (const [i, secret] of before.entries()) {
    const value = sealed[i];
    const { checksum, checksumAlgorithm, ...expected } = secret.input;
    if (value !== undefined) {
      Object.assign(expected, { value, encrypted: true });
      delete expected.valueBytes;
    }
    const { checksum: _, checksumAlgorithm: __, ...actual } = after[i]?.input ?? {};
    if (after.length === before.length && JSON.stringify(sorted(actual)) === JSON.stringify(sorted(expected))) continue;
    throw secret.complain("cannot be edited in place: write each of its fields on a line of its own");
  }
}

function reread(path: string, text: string): FileSecret[] {
  try {
    return readSecretFile(path, text);
  } catch {
    return [];
  }
}

function sorted(input: object): [string, unknown][] {
  return Object.entries(input).sort(([a], [b]) => compareBytes(a, b));
}
