/** What the parser says begins so, and means this. */
const reasons: readonly (readonly [string, string])[] = [
  ["deficient", "a quote or a bracket above is not closed, or this line is not indented enough"],
  ["end of the stream", "does not fit what is above it: check the indentation, or the line above is not NAME: VALUE"],
  ["bad indentation of", "cannot be read here: put special characters in quotes, and check the indentation"],
  ["can not read a block", "the line above is not a field: NAME: VALUE, with a space"],
  ["missed comma", "a comma is missing"],
  ["unexpected end", "a quote or a bracket above is not closed"],
  ["the stream contains", "is a control character: write it as an escape in double quotes"],
  ["nesting exceeded", "is nested too deeply"],
];

/**
 * Why a file is not YAML, without any text of it.
 * @param at where the parser stopped
 */
export function explainYaml(reason: string, text: string, at: number): string {
  // The parser takes a tab in some places for a blank, and then complains of the line.
  const start = text.lastIndexOf("\n", at - 1) + 1;
  if (/^(bad|end)/.test(reason) && /^ *\t/.test(text.slice(start))) {
    return "tab characters must not be used in indentation";
  }
  const known = reasons.find(([begin]) => reason.startsWith(begin));
  // Some reasons quote a tag or a directive of the file. These contain a quote or a colon.
  return known?.[1] ?? (/["':]/.test(reason) ? "is not valid YAML" : reason);
}
