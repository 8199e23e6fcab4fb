import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { memoryOf, type StoredSecret } from "../store/secret-rows.ts";

/** Reads the rows of names in parts. Each fits into the memory of a list, even if all rows are of the largest size. */
export async function* findInParts(
  names: readonly string[],
  find: (names: readonly string[]) => Promise<readonly StoredSecret[]>,
): AsyncIterable<readonly StoredSecret[]> {
  const pause = createPauses();
  for (let at = 0; at < names.length; at += limits.rowsInPart) {
    await pause();
    yield await find(names.slice(at, at + limits.rowsInPart));
  }
}

/** About how much memory stored secrets take. */
export function sizeOf(secrets: readonly StoredSecret[]): number {
  let bytes = 0;
  for (const secret of secrets) bytes += memoryOf(secret);
  return bytes;
}
