import type { AuditRecord } from "./record.ts";

/** Characters that JSON does not escape, and that terminals or line readers may take for more than text. */
const disguised = /[\u007f-\u009f\u2028\u2029]/g;

/** A record as one line of JSON, for programs that collect logs. */
export function exportLine({ timeMs, ...record }: AuditRecord): string {
  const json = JSON.stringify({ time: new Date(timeMs).toISOString(), ...record });
  return `${json.replace(disguised, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}
