import { compareBytes } from "../../src/text/byte-order.ts";
/** What two folders have, by the part of each key below its folder. Sorted. */
export interface Comparison {
  readonly onlyLeft: readonly string[];
  readonly onlyRight: readonly string[];
  readonly both: readonly string[];
}

/** Compares which keys are under two folders. Values are never looked at. */
export function compareFolders(keys: Iterable<string>, left: string, right: string): Comparison {
  const [inLeft, inRight] = [new Set<string>(), new Set<string>()];
  for (const key of keys) {
    const [leftPart, rightPart] = [partUnder(key, left), partUnder(key, right)];
    if (leftPart !== undefined) inLeft.add(leftPart);
    if (rightPart !== undefined) inRight.add(rightPart);
  }
  return {
    onlyLeft: [...inLeft].filter((part) => !inRight.has(part)).sort(compareBytes),
    onlyRight: [...inRight].filter((part) => !inLeft.has(part)).sort(compareBytes),
    both: [...inLeft].filter((part) => inRight.has(part)).sort(compareBytes),
  };
}

function partUnder(key: string, folder: string): string | undefined {
  const path = folder.replace(/\/+$/, "");
  return path !== "" && key.startsWith(`${path}/`) ? key.slice(path.length + 1) : undefined;
}
