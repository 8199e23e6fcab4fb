// Clients send numbers and yes or no as texts, and Vault reads them as the language Go does.

/** 7, +7, 0x7, 0b111 and 0o7; with a zero in front, base 8. */
const integer = /^([+-]?)(0[xX][\da-fA-F]{1,64}|0[bB][01]{1,64}|0[oO]?[0-7]{1,64}|0|[1-9]\d{0,63})$/;

/** What does not fit into the 64 bits that Vault has for a number. */
const tooLarge = 2n ** 63n;

/** Stands for all larger numbers too: no secret has so many versions, and no record has room for more. */
const largest = 0xffff_ffff;

/** A whole number in a text; undefined for anything else. */
export function readInteger(text: string): number | undefined {
  const [, sign, digits] = integer.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits);
  if (value >= tooLarge) return undefined;
  const number = value < largest ? Number(value) : largest;
  return sign === "-" ? -number : number;
}

/** A whole number in raw JSON, or what stands for one: a text of it; null, false and "" for 0; true for 1. */
export function readNumber(raw: string): number | undefined {
  if (raw === "null" || raw === "false" || raw === '""') return 0;
  if (raw === "true") return 1;
  return readInteger(raw.startsWith('"') ? JSON.parse(raw) : raw);
}

const yes: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const no: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False", ""]);

/** Undefined for a text that is neither. */
export function readBoolean(text: string): boolean | undefined {
  if (yes.has(text)) return true;
  return no.has(text) ? false : undefined;
}
