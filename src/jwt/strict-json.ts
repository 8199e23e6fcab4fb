/** Deeper than the claims of any issuer. */
const depthMax = 8;

/**
 * Parses bytes as a JSON object. Undefined when they are not a JSON object, are not UTF-8, are nested too deeply, or
 * name a field twice: which of the two counts depends on the parser.
 */
export function parseStrictJson(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fieldCount = countFields(value);
  return fieldCount === countWrittenFields(text) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

/** Fields of all objects in a value; undefined when it is too deep. */
function countFields(root: object): number | undefined {
  let count = 0;
  let level: readonly object[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === depthMax) return undefined;
    const next: object[] = [];
    for (const value of level) {
      if (!Array.isArray(value)) count += Object.keys(value).length;
      for (const each of Object.values(value)) if (typeof each === "object" && each !== null) next.push(each);
    }
    level = next;
  }
  return count;
}

/** In valid JSON, outside of strings, a colon follows each field name and stands nowhere else. */
function countWrittenFields(json: string): number {
  const withoutTexts = json.replace(/"(?:[^"\\]|\\.)*"/g, "");
  return withoutTexts.split(":").length - 1;
}
