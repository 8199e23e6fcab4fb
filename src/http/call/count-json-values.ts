import { invalidBody, overLimit } from "./refusal.ts";
import type { RequestLimits } from "./request-limits.ts";

const quote = 0x22;
const backslash = 0x5c;

/**
 * Counts the values and the nesting of a JSON text without parsing it, so that a text that would take long to decode is
 * refused first. Exact for valid JSON; the parser refuses any other text. Throws a `ConnectError`.
 */
export function checkJsonSize(text: string, limits: RequestLimits): void {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        values++;
        break;
      case 0x3a: // A colon, so the string before it was a name and not a value.
        values--;
        break;
      case 0x7b: // {
      case 0x5b: // [
        values++;
        depth++;
        if (depth > limits.nesting) throw tooDeep(limits.nesting);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x2c: // ,
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        break;
      default:
        at = endOfToken(text, at);
        values++;
    }
    if (values > limits.requestValues) throw tooManyValues(limits.requestValues);
  }
}

export function tooManyValues(limit: number) {
  return overLimit(`the request has more than ${limit} values`, limit);
}

export function tooDeep(limit: number) {
  return invalidBody(`the body is nested more than ${limit} levels deep`);
}

/** Position of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
}

/** Position of the last character of a number or word. */
function endOfToken(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && isTokenCharacter(text.charCodeAt(end))) end++;
  return end - 1;
}

function isTokenCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    code === 0x45
  );
}
