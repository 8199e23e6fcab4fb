import { usageError } from "./errors.ts";

/** Pairs of the form `name=text`, given as `what`. An empty text stands for no pair. */
export function readPairs(texts: readonly string[], what: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts.filter((each) => each !== "")) {
    const end = text.indexOf("=");
    if (end < 1) throw usageError(`${what} must be of the form name=text`);
    pairs.set(text.slice(0, end), text.slice(end + 1));
  }
  return pairs;
}
