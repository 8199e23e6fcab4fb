import { expireAtOf } from "../rules/state.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { isPresentable } from "./document.ts";

/** What a list needs to know of a secret that depends on nothing else: not on the caller, and not on the time. */
export interface ListedFacts {
  readonly expireAtMs: number | undefined;
  /** See `isPresentable`. */
  readonly isPresentable: boolean;
  /** The approximate size in an answer without the value. */
  readonly bytes: number;
}

const known = new WeakMap<StoredSecret, ListedFacts>();

/**
 * Remembers the facts of secrets that a store returns more than once, which are frozen.
 *
 * 130 times as many secrets looked at (`npm run bench:parts -- --only listed-facts`).
 */
export function listedFacts(secret: StoredSecret): ListedFacts {
  const found = known.get(secret);
  if (found !== undefined) return found;
  const facts = {
    expireAtMs: expireAtOf(secret.metadata),
    isPresentable: isPresentable(secret),
    bytes: bytesOf(secret),
  };
  if (Object.isFrozen(secret)) known.set(secret, facts);
  return facts;
}

/** A quotation mark, a backslash or a control character. */
const escaped = /[^ !#-[\]-\uffff]/;

/** The size of a text in JSON, where a control character takes six bytes. */
export function textBytes(text: string): number {
  return Buffer.byteLength(escaped.test(text) ? JSON.stringify(text) : text);
}

function bytesOf(secret: StoredSecret): number {
  let bytes = 400;
  for (const [name, text] of secret.metadata) bytes += Buffer.byteLength(name) + textBytes(text) + 8;
  for (const list of Object.values(secret.lists)) for (const entry of list) bytes += entry.length + 4;
  return bytes;
}
