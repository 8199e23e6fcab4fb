import type { YamlField, YamlMap, YamlText } from "../formats/yaml.ts";

/** A replacement of the text from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What an entry of a file gets in place of its value. */
export interface SealedFields {
  /** Sealed text. Every reader of YAML takes it for a string, so it needs no quotes. */
  readonly value: string;
  /** Checksum of the sealed text. Used only where the entry has one. */
  readonly checksum: string;
  readonly checksumAlgorithm: string;
}

/**
 * The edits of a file that turn the value of one entry into a sealed one, add `encrypted: true` and update the
 * checksum. Everything else stays as it is: comments, order, quotes of other fields, line ends.
 */
export function sealedValueEdits(file: string, entry: YamlMap, sealed: SealedFields): Edit[] {
  const edits: Edit[] = [];
  const value = fieldOf(entry, "value");
  if (value === undefined) return edits;
  const end = replaceScalar(file, value.field, value.node, sealed.value, edits);
  const encrypted = fieldOf(entry, "encrypted");
  if (encrypted !== undefined) edits.push({ start: encrypted.node.at, end: encrypted.node.end, text: "true" });
  else edits.push(newField(file, entry, value.field, end, "encrypted: true"));
  for (const name of ["checksum", "checksumAlgorithm"] as const) {
    const checksum = fieldOf(entry, name);
    if (checksum !== undefined) replaceScalar(file, checksum.field, checksum.node, quoteDigits(sealed[name]), edits);
  }
  return edits;
}

/** The text with all edits made. Edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) throw new RangeError("edits overlap");
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

function fieldOf(entry: YamlMap, name: string): { field: YamlField; node: YamlText } | undefined {
  const field = entry.fields.find((each) => each.name === name);
  return field?.value.kind === "text" ? { field, node: field.value } : undefined;
}

/** Returns the offset at which the line continues after the scalar. */
function replaceScalar(file: string, field: YamlField, node: YamlText, text: string, edits: Edit[]): number {
  if (!node.isBlock) {
    edits.push({ start: node.at, end: node.end, text });
    return node.end;
  }
  // Only a comment may follow the indicator on its line. The lines of the value are below it.
  const header = /(?:!!binary[ \t]+)?[|>][-+0-9]*/g;
  header.lastIndex = file.indexOf(":", field.at + field.name.length);
  const match = header.exec(file);
  const headerStart = match?.index ?? node.at;
  const headerEnd = headerStart + (match?.[0].length ?? 0);
  const lineEnd = endOfLine(file, headerEnd);
  edits.push({ start: headerStart, end: headerEnd, text });
  const lines = file.slice(lineEnd, node.end).replace(/\s+$/, "");
  edits.push({ start: lineEnd, end: lineEnd + lines.length, text: "" });
  return headerEnd;
}

function newField(file: string, entry: YamlMap, after: YamlField, end: number, text: string): Edit {
  if (entry.isFlow) return { start: end, end, text: `, ${text}` };
  const lineStart = Math.max(file.lastIndexOf("\n", after.at - 1), file.lastIndexOf("\r", after.at - 1)) + 1;
  const indent = " ".repeat(after.at - lineStart);
  const at = endOfLine(file, end);
  return { start: at, end: at, text: `${lineBreakOf(file)}${indent}${text}` };
}

function endOfLine(file: string, from: number): number {
  const match = /[\r\n]/.exec(file.slice(from));
  return match === null ? file.length : from + match.index;
}

function lineBreakOf(file: string): string {
  return /\r\n|\r|\n/.exec(file)?.[0] ?? "\n";
}

/** Other readers of YAML take a checksum such as `12345678` or `1e234567` for a number. */
function quoteDigits(text: string): string {
  return /^[A-Z]/.test(text) ? text : `"${text}"`;
}
