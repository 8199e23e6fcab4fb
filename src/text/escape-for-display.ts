/** Characters that a terminal could act on, or could hide. */
export const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;

/**
 * The text with every character that a terminal could act on, or could hide, written out as `\n`, `\x1b` or `\u{202e}`.
 * Line breaks are also written out, so one item stays on one line. For people; not meant to be read back.
 */
export function escapeForDisplay(text: string): string {
  return text.replace(unseen, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    if (char === "\r") return "\\r";
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
