import { unseen } from "../../text/escape-for-display.ts";

export { escapeForDisplay } from "../../text/escape-for-display.ts";

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
