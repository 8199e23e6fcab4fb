/** A stretch of a text that is shown as it is, or one character that is shown by its code because it cannot be seen. */
export type Piece = { readonly text: string } | { readonly mark: string };

/**
 * Controls, format characters (bidirectional ones, joiners, the soft hyphen), separators of lines, code points without
 * a character, and letters that look like nothing.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5/u;
/** Spaces that are not the usual one. */
const oddSpace = /[\p{Zs}]/u;

/**
 * Splits a text into what is shown as it is and what is shown as a mark. With `lines`, line breaks and tabs are text.
 */
export function piecesOf(text: string, { lines = false } = {}): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  for (const char of text) {
    if (!isMarked(char, lines)) {
      plain += char;
      continue;
    }
    if (plain !== "") pieces.push({ text: plain });
    plain = "";
    pieces.push({ mark: codeOf(char) });
  }
  if (plain !== "") pieces.push({ text: plain });
  return pieces;
}

/** The same where there can only be text, such as the title of the page. */
export function markedText(text: string): string {
  return piecesOf(text)
    .map((piece) => ("text" in piece ? piece.text : `[${piece.mark}]`))
    .join("");
}

/** Whether piecesOf would show a mark. Most texts are plain, and are found to be so without splitting them. */
export function hasMarks(text: string, options: { lines?: boolean } = {}): boolean {
  return piecesOf(text, options).some((piece) => "mark" in piece);
}

function isMarked(char: string, lines: boolean): boolean {
  if (lines && (char === "\n" || char === "\t")) return false;
  return unseen.test(char) || (char !== " " && oddSpace.test(char));
}

function codeOf(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What a person would not see in a value but would copy with it: a sentence for each. */
export function warningsOf(value: string): readonly string[] {
  const warnings: string[] = [];
  const marks = piecesOf(value, { lines: true }).filter((piece) => "mark" in piece).length;
  if (marks > 0) warnings.push(marks === 1 ? "1 invisible character" : `${marks} invisible characters`);
  if (/\n$/.test(value)) warnings.push("a line break at the end");
  else if (/[ \t]$/.test(value)) warnings.push("spaces at the end");
  if (/^\s/.test(value)) warnings.push("spaces at the beginning");
  return warnings;
}
