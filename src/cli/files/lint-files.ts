import { keyProblem } from "../../rules/secret-key.ts";
import { type Complaint, FileError } from "../formats/file-error.ts";
import { type FileSecret, readEntries } from "../formats/secret-file.ts";
import { withNamespace } from "../frame/namespace.ts";
import type { TextFile } from "./find-files.ts";
import { lintSecret, type SealExpectation } from "./lint-rules.ts";

/** Everything that is wrong with the secrets of some files, alone and in combination, in the order of the files. */
export function lintFiles(
  files: readonly TextFile[],
  namespace: string | undefined,
  expected: SealExpectation,
): Complaint[] {
  const found: Complaint[] = [];
  const places = new Map<string, string>();
  for (const { path, text } of files) {
    for (const entry of readEntries(path, text)) {
      if (entry instanceof FileError) {
        found.push(entry.complaint);
        continue;
      }
      const key = keyIn(namespace, entry, found);
      const name = key ?? entry.input.id ?? "";
      const earlier = places.get(name);
      if (earlier === undefined) places.set(name, entry.place);
      else found.push(entry.complain(`${name} is in ${earlier} already`, "duplicate-key").complaint);
      found.push(...lintSecret(entry, key, expected));
    }
  }
  return found;
}

function keyIn(namespace: string | undefined, { input, complain }: FileSecret, found: Complaint[]): string | undefined {
  if (input.key === undefined) {
    if (namespace !== undefined) found.push(complain("has no key to put the namespace before").complaint);
    return undefined;
  }
  const key = withNamespace(input.key, namespace);
  const problem = keyProblem(key);
  if (problem !== undefined) found.push(complain(`key with the namespace ${problem.rule}`, "key", "key").complaint);
  return key;
}
