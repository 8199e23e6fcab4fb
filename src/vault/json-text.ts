import { sealedPrefix } from "../crypto/sealed-text.ts";
import { checkJsonSize, refuseRepeatedNames } from "../http/call/count-json-values.ts";
import { requestLimits } from "../http/call/request-limits.ts";
import { compareBytes } from "../text/byte-order.ts";

// JSON is worked on as text. Numbers such as 1.10, 12345678901234567890 and 1e400 come back as they were written,
// because nothing is written anew.

/** The names of an object and the raw text of each member, in the order of the text. */
export type Members = ReadonlyMap<string, string>;

const stringOrSpace = /"[^"\\]*(?:\\.[^"\\]*)*"|[\t\n\r ]+/g;

/** Drops white space outside of strings. `text` must be valid JSON. */
export function minify(text: string): string {
  return text.replace(stringOrSpace, (found) => (found.startsWith('"') ? found : ""));
}

/** The minified text, if it is one JSON object that names nothing twice at any level and is not nested too deeply. */
export function readObject(text: string): string | undefined {
  if (!/^[\t\n\r ]*\{/.test(text)) return undefined;
  try {
    checkJsonSize(text, requestLimits);
    JSON.parse(text);
    refuseRepeatedNames(text, "object");
    return minify(text);
  } catch {
    return undefined;
  }
}

/** The members of a minified object without repeated names. */
export function members(object: string): Members {
  const found = new Map<string, string>();
  let at = 1;
  while (at < object.length - 1) {
    const nameEnd = endOfString(object, at);
    const start = nameEnd + 2;
    const end = endOfValue(object, start);
    found.set(JSON.parse(object.slice(at, nameEnd + 1)), object.slice(start, end));
    at = end + 1;
  }
  return found;
}

export function toObject(fields: Members): string {
  return `{${[...fields].map(([name, raw]) => `${JSON.stringify(name)}:${raw}`).join(",")}}`;
}

/** The fields that a stored value is shown as: its own if it is an object, else one with the name `value`. */
export function toFields(value: string): string {
  return readObject(value) ?? `{"value":${JSON.stringify(value)}}`;
}

/**
 * The value that is stored for fields, so that they are shown again exactly. A single text with the name `value` is
 * that text, unless it would be shown as something else. Equal fields give equal values, whatever their order.
 */
export function toStored(fields: Members): string {
  const text = fields.size === 1 ? plainText(fields.get("value")) : undefined;
  return text ?? toObject(new Map([...fields].toSorted(([a], [b]) => compareBytes(a, b))));
}

function plainText(raw: string | undefined): string | undefined {
  if (raw?.startsWith('"') !== true) return undefined;
  const text: string = JSON.parse(raw);
  const isStorable = text !== "" && text.isWellFormed() && !text.startsWith(sealedPrefix);
  return isStorable && readObject(text) === undefined ? text : undefined;
}

/** RFC 7396: the target with the members of the patch; null takes one away. */
export function mergePatch(target: string | undefined, patch: string): string {
  if (!patch.startsWith("{")) return patch;
  const merged = new Map(target?.startsWith("{") === true ? members(target) : []);
  for (const [name, raw] of members(patch)) {
    if (raw === "null") merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), raw));
  }
  return toObject(merged);
}

/** The names of an object with null for each value, and objects for those that are objects with names, to a depth. */
export function namesOnly(object: string, depth: number): string {
  const names = [...members(object)].map(([name, raw]) => {
    const isObject = depth > 1 && raw.startsWith("{") && raw !== "{}";
    return `${JSON.stringify(name)}:${isObject ? namesOnly(raw, depth - 1) : "null"}`;
  });
  return `{${names.join(",")}}`;
}

/** The position of the quotation mark that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
}

/** The position after a value: that of a comma, or of the end of its object. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case "}":
      case "]":
        if (depth === 0) return at;
        depth -= 1;
        break;
      case ",":
        if (depth === 0) return at;
    }
  }
}
