/** What the parser says, in the words of somebody who wrote the file. */
const reasons: ReadonlyMap<string, string> = new Map([
  [
    "deficient indentation",
    "a quote or a bracket that was opened above is not closed, or this line is not indented enough",
  ],
  ["end of the stream or a document separator is expected", "does not fit what is above it: check the indentation"],
  [
    "bad indentation of a mapping entry",
    "cannot be read here: put a text with ': ' or a special character at its start in quotes, and check the indentation",
  ],
  ["bad indentation of a sequence entry", "does not fit the list above it: check the indentation"],
  [
    "can not read a block mapping entry; a multiline key may not be an implicit key",
    "the line above is not a field: a field is NAME: VALUE, with a space after the colon",
  ],
  [
    "a whitespace character is expected after the key-value separator within a block mapping",
    "a space is missing after the colon",
  ],
  ["missed comma between flow collection entries", "a comma is missing, or a bracket of the other kind"],
  ["unexpected end of the stream within a flow collection", "a bracket that was opened above is not closed"],
  ["unexpected end of the stream within a double quoted scalar", 'a " that was opened above is not closed'],
  ["unexpected end of the stream within a single quoted scalar", "a ' that was opened above is not closed"],
  ["unknown escape sequence", "YAML does not know this escape: write two backslashes for one"],
  [
    "the stream contains non-printable characters",
    'is a control character, which YAML takes only as an escape in double quotes, such as "\\x1b"',
  ],
  ["null byte is not allowed in input", 'is a NUL character, which YAML takes only as "\\0" in double quotes'],
  ["directives end mark is expected", "a line that begins with % is a directive: put the text in quotes"],
]);

const usesTab = "tab characters must not be used in indentation";

/**
 * Why a file is not YAML, without any text of it.
 * @param at where the parser stopped
 */
export function explainYaml(reason: string, text: string, at: number): string {
  if (reason.startsWith("nesting exceeded")) return "is nested too deeply";
  // The parser takes a tab in some places for a blank, and then complains of the line.
  const line = text.slice(Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1);
  if (/^ *\t/.test(line) && /indentation of|separator/.test(reason)) return usesTab;
  // Some reasons quote a tag or a directive of the file. These contain a quote or a colon.
  return reasons.get(reason) ?? (/["':]/.test(reason) ? "is not valid YAML" : reason);
}
