import { invalidBody, overLimit } from "./refusal.ts";
import type { RequestLimits } from "./request-limits.ts";

const quote = 0x22;
const backslash = 0x5c;

/** Names in one object. The contract needs 64, and objects with very many take long to make. */
const namesMax = 1000;

/**
 * Counts the values, the nesting and the names of a JSON text without parsing it, so that a text that would take long
 * to decode is refused first. Exact for valid JSON; the parser refuses any other text. Throws a `ConnectError`.
 */
export function checkJsonSize(text: string, limits: RequestLimits): void {
  let values = 0;
  let depth = 0;
  const names = new Array<number>(limits.nesting + 1).fill(0);
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        values++;
        break;
      case 0x3a: // A colon, so the string before it was a name and not a value.
        values--;
        names[depth] = (names[depth] ?? 0) + 1;
        if ((names[depth] ?? 0) > namesMax) throw tooManyNames();
        break;
      case 0x7b: // {
      case 0x5b: // [
        values++;
        depth++;
        if (depth > limits.nesting) throw tooDeep(limits.nesting);
        names[depth] = 0;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x2c: // ,
        break;
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        at = endOfSpace(text, at);
        break;
      default:
        at = endOfToken(text, at);
        values++;
    }
    if (values > limits.requestValues) throw tooManyValues(limits.requestValues);
  }
}

/**
 * Throws for a name that an object has twice, whatever the escapes; `JSON.parse` takes the last one. The text must be
 * valid JSON. The error has the form of those of protobuf, whose own check looks at each character.
 *
 * 4 times as many bodies of 4 MiB (`npm run bench:parts -- --only json-names`).
 */
export function refuseRepeatedNames(text: string, typeName: string): void {
  // The names of each open object; undefined for a list.
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at);
        const names = isName ? open.at(-1) : undefined;
        if (names !== undefined) {
          const raw = text.slice(at + 1, end);
          const name: string = raw.includes("\\") ? JSON.parse(text.slice(at, end + 1)) : raw;
          if (names.has(name)) {
            throw new Error(`cannot decode message ${typeName} from JSON: duplicate object key "${name}"`);
          }
          names.add(name);
        }
        at = end;
        break;
      }
      case 0x7b: // {
        open.push(new Set());
        isName = true;
        break;
      case 0x5b: // [
        open.push(undefined);
        isName = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x2c: // ,
        isName = open.at(-1) !== undefined;
        break;
      case 0x3a: // :
        isName = false;
        break;
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        at = endOfSpace(text, at);
    }
  }
}

function tooManyNames() {
  return overLimit(`an object in the request has more than ${namesMax} names`, namesMax);
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

const notSpace = /[^ \n\r\t]/g;

/**
 * Position of the last character of white space. A request may consist of it, so more than a little is left to the
 * engine.
 */
function endOfSpace(text: string, start: number): number {
  let end = start + 1;
  while (end < start + 16 && isSpace(text.charCodeAt(end))) end++;
  if (end < start + 16) return end - 1;
  notSpace.lastIndex = end;
  return notSpace.test(text) ? notSpace.lastIndex - 2 : text.length;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
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
