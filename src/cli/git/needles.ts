import { Buffer } from "node:buffer";
import type { SecretValue } from "../../text/secret-value.ts";

/** How a value is written in a file. */
export type Form = "plain" | "base64" | "URL-encoded" | "JSON-escaped";

/** Bytes to look for. */
export interface Needle {
  readonly key: string;
  readonly form: Form;
  readonly bytes: Buffer;
}

export interface KnownValue {
  readonly key: string;
  readonly value: SecretValue;
}

/** Shorter values are found by chance. */
export const charactersMin = 8;

/** What to look for to find a value, also where a program has encoded it. */
export function needlesOf({ key, value }: KnownValue): readonly Needle[] {
  const needles = new Map<string, Needle>();
  const add = (form: Form, text: string) => {
    if (!needles.has(text)) needles.set(text, { key, form, bytes: Buffer.from(text) });
  };
  if (typeof value !== "string") {
    for (const text of base64Texts(Buffer.from(value))) add("base64", text);
    return [{ key, form: "plain", bytes: Buffer.from(value) }, ...needles.values()];
  }
  add("plain", value);
  if (value.includes("\n")) add("plain", value.replaceAll(/\r?\n/g, "\r\n"));
  for (const text of jsonTexts(value)) add("JSON-escaped", text);
  for (const text of urlTexts(value)) add("URL-encoded", text);
  for (const text of base64Texts(Buffer.from(value))) add("base64", text);
  return [...needles.values()];
}

/** As most libraries write it; with `/` escaped; for pages, with `<`, `>` and `&` escaped; and in ASCII only. */
function jsonTexts(value: string): string[] {
  const text = JSON.stringify(value).slice(1, -1);
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const ascii = text.replace(/[^\0-\x7f]/g, escaped);
  const forPages = text.replace(/[<>&]/g, escaped);
  return [
    text,
    text.replaceAll("/", "\\/"),
    forPages,
    ascii,
    ascii.replaceAll("/", "\\/"),
    ascii.replace(/[<>&]/g, escaped),
  ];
}

/** Programs differ in which characters they leave, in the case of the digits, and in how they write a space. */
function urlTexts(value: string): string[] {
  const text = encodeURIComponent(value);
  const strict = text.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strict.replaceAll("%20", "+");
  const ofPages = form.replaceAll("~", "%7E").replaceAll("%2A", "*");
  const texts = [text, strict, encodeURI(value), form, ofPages];
  return texts.flatMap((each) => [each, each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/**
 * The characters that depend only on the value, wherever it stands in what was encoded, such as `user:password`: with
 * none, one or two bytes before it, in both alphabets.
 */
function base64Texts(value: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), value])
      .toString("base64")
      .replace(/=+$/, "");
    // A character holds six bits: those that also hold bits of what stands before or after it are left out.
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + value.length) * 8) / 6);
    const standard = text.slice(first, end);
    return [standard, standard.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
