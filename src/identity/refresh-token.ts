import { encodeCanonical } from "../crypto/canonical.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import type { TokenFields } from "./rows.ts";

/** The session that a refresh token belongs to. */
export type RefreshPlace = Pick<TokenFields, "tenant" | "id"> & { readonly issuer: string };

/** Encrypts the refresh token of a session. In another session, tenant or issuer it does not open. */
export function sealRefreshToken(keyring: Keyring, place: RefreshPlace, refreshToken: string): Uint8Array {
  return new Uint8Array(sealAtRest(keyring, Buffer.from(refreshToken), dataOf(place)).envelope);
}

/** Throws `IntegrityError`. */
export function openRefreshToken(keyring: Keyring, place: RefreshPlace, sealed: Uint8Array): string {
  return openAtRest(keyring, sealed, dataOf(place)).toString();
}

function dataOf({ tenant, id, issuer }: RefreshPlace): Buffer {
  return encodeCanonical("secret-svc/refresh-token/v1", [tenant, id, issuer]);
}
