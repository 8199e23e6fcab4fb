const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;

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

/** Whether a terminal could act on the text, or hide a part of it. Line breaks and tabs are harmless. */
export function holdsTerminalCodes(text: string): boolean {
  return text.replaceAll(/[\n\t]/g, "").search(unseen) >= 0;
}

/** Indented JSON with those characters as `\uXXXX`: the same to a program, and harmless to a terminal. */
export function toJson(value: unknown): string {
  return `${escapeUnseen(JSON.stringify(value, undefined, 2))}\n`;
}

/** JSON with those characters as `\uXXXX`. Line breaks stay. */
export function escapeUnseen(json: string): string {
  return json.replace(unseen, (char) => (char === "\n" ? char : escapeUnits(char)));
}

/** Replaces those characters with escapes. In the given YAML they are only within double quotes. Line breaks stay. */
export function escapeForYaml(yaml: string): string {
  return yaml.replace(unseen, (char) => (char === "\n" ? char : escapeInYaml(char.codePointAt(0) ?? 0)));
}

/** The escape of a character by its code, as within double quotes in YAML 1.1 and 1.2. */
export function escapeInYaml(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function escapeUnits(char: string): string {
  let out = "";
  for (let i = 0; i < char.length; i++) out += `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return out;
}
