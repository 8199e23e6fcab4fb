import type { StoredSecret } from "../secret-rows.ts";
import { documentAt, envelopeAt, type SecretRow, toSecret } from "./row.ts";

/** Rows beyond this are read anew each time. With documents of the largest size, they take 8 MiB. */
const knownMax = 2_000;
const documentCharsMax = 4 * 1024;

/**
 * Turns rows without envelopes into secrets, and the same row into the same secret as before, which is frozen. Only
 * what is equal in every column is the same row, so nothing has to be cleared. Callers recognise a secret that they
 * have verified.
 *
 * 1.2 times as many secrets found for the same processor time, without that verification
 * (`npm run bench:parts -- --only known-rows`).
 */
export function createKnownRows(max = knownMax): (row: SecretRow) => StoredSecret {
  const known = new Map<string, { readonly row: SecretRow; readonly secret: StoredSecret }>();
  return (row) => {
    const envelope = row[envelopeAt];
    const document = row[documentAt];
    const isSmall = typeof document === "string" && document.length <= documentCharsMax;
    if (!(envelope instanceof Uint8Array) || envelope.length > 0 || !isSmall) return toSecret(row);
    const name = `${row[0]}\0${row[1]}`;
    const found = known.get(name);
    if (found !== undefined && isSame(found.row, row)) return found.secret;
    const secret = toSecret(row);
    // A copy: see cached-secrets.ts.
    const copy = Object.freeze({ ...secret, lists: { ...secret.lists } });
    if (found === undefined && known.size >= max) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(name, { row, secret: copy });
    return copy;
  };
}

function isSame(a: SecretRow, b: SecretRow): boolean {
  for (let at = 0; at < envelopeAt; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
