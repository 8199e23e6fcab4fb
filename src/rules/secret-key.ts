import { createHash, randomBytes } from "node:crypto";

// The grammar is also for programs without Node, such as the page.
export {
  isSecretId,
  keyForm,
  keyProblem,
  type NameProblem,
  namespaceOf,
  slugForm,
  slugProblem,
} from "../text/key-grammar.ts";

const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/** The id that a key gets by default. It is the same on every machine, so that files can be written offline. */
export function derivedId(tenant: string, key: string): string {
  const hash = createHash("sha256").update(tenant).update("\0").update(key).digest();
  return `secr_${toBase32(hash, 20)}`;
}

/** The id for a key whose derived id belongs to another secret. */
export function randomId(): string {
  return `secr_${toBase32(randomBytes(13), 20)}`;
}

function toBase32(bytes: Uint8Array, chars: number): string {
  let out = "";
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5 && out.length < chars) {
      bits -= 5;
      out += base32[(pending >> bits) & 31];
    }
    pending &= (1 << bits) - 1;
  }
  return out;
}

/** The tenant that every installation has. Its admins see the audit records that belong to no tenant. */
export const firstTenant = "default";
