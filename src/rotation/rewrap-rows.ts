import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openRefreshToken, sealRefreshToken } from "../identity/refresh-token.ts";
import { signToken, signUser, verifyToken, verifyUser } from "../identity/rows.ts";
import { signPermit, verifyPermit } from "../rules/permit-row.ts";
import { openDocument, sealDocument } from "../secrets/document.ts";
import type { StoredToken } from "../store/identity-rows.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { Rewrap, RewrappableKind, RewrappableRows } from "../store/rewrappable-rows.ts";
import type { StoredSecret } from "../store/secret-rows.ts";

export interface RewrappedPage {
  /** Rows that were read. */
  readonly rows: number;
  /** Rows that do not verify. They stay as they are. */
  readonly damaged: number;
  /** Rows that this call put under the active key. Another process may have written the others in the meantime. */
  readonly changed: number;
  readonly next: string | undefined;
}

export const rewrappableKinds: readonly RewrappableKind[] = ["secrets", "history", "users", "tokens", "permits"];

/** Puts one page of rows from `kid` under the active key. A row that does not verify is left unchanged, as evidence. */
export async function rewrapPage(
  store: KeyStore,
  keyring: Keyring,
  kind: RewrappableKind,
  at: { readonly kid: string; readonly after: string; readonly limit: number },
): Promise<RewrappedPage> {
  const { rows, next } = await store.listUnderKey(kind, at.kid, at.after, at.limit);
  const rewraps: Rewrap[] = [];
  for (const row of rows) {
    try {
      rewraps.push(rewrapOf[kind](keyring, row as never));
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
    }
  }
  const changed = rewraps.length === 0 ? 0 : await store.rewrap(rewraps);
  return { rows: rows.length, damaged: rows.length - rewraps.length, changed, next };
}

const rewrapOf: { readonly [Kind in RewrappableKind]: (keyring: Keyring, row: RewrappableRows[Kind]) => Rewrap } = {
  secrets: (keyring, secret) => rewrapSecret(keyring, "secrets", secret),
  history: (keyring, secret) => rewrapSecret(keyring, "history", secret),
  users: (keyring, row) => {
    const { kid, mac } = signUser(keyring, verifyUser(keyring, row));
    return { kind: "users", tenant: row.tenant, name: row.slug, version: 0, former: row.mac, kid, proof: mac };
  },
  tokens: (keyring, row) => {
    const { kid, mac, session } = signToken(keyring, withRefreshToken(keyring, verifyToken(keyring, row)));
    const { refreshToken } = session ?? {};
    const place = { tenant: row.tenant, name: row.id, version: 0 };
    return { kind: "tokens", ...place, former: row.mac, kid, proof: mac, refreshToken };
  },
  permits: (keyring, row) => {
    const { kid, mac } = signPermit(keyring, verifyPermit(keyring, row));
    return { kind: "permits", tenant: row.tenant, name: row.name, version: 0, former: row.mac, kid, proof: mac };
  },
};

/** Encrypts the refresh token of a session anew. Other tokens stay as they are. */
function withRefreshToken(keyring: Keyring, token: StoredToken): StoredToken {
  const { tenant, id, session } = token;
  if (session === undefined || session.refreshToken.length === 0) return token;
  const place = { tenant, id, issuer: session.issuer };
  const refreshToken = sealRefreshToken(keyring, place, openRefreshToken(keyring, place, session.refreshToken));
  return { ...token, session: { ...session, refreshToken } };
}

function rewrapSecret(keyring: Keyring, kind: "secrets" | "history", secret: StoredSecret): Rewrap {
  const { kid, envelope } = sealDocument(keyring, secret, openDocument(keyring, secret));
  const { tenant, key, version } = secret;
  return { kind, tenant, name: key, version, former: secret.envelope, kid, proof: envelope };
}
