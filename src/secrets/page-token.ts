import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../crypto/row-mac.ts";
import { SecretError } from "./error.ts";

const label = "secret-svc/page-token/v1";

/**
 * A page token says where to go on. `binding` is everything that must be the same when it comes back: tenant, caller,
 * method and filter. It is authenticated, so a token of another caller or filter is refused.
 */
export function createPageToken(keyring: Keyring, binding: readonly string[], position: string): string {
  const { kid, mac } = rowMac(keyring, label, [binding, position]);
  return Buffer.concat([Buffer.from(kid, "hex"), mac, Buffer.from(position)]).toString("base64url");
}

/** The position in a page token; "" for no token. Throws INVALID_PAGE_TOKEN. */
export function readPageToken(keyring: Keyring, binding: readonly string[], token: string): string {
  if (token === "") return "";
  const bytes = Buffer.from(token, "base64url");
  try {
    // Buffer.from skips what it does not know; a token has one spelling only.
    if (bytes.length <= 40 || bytes.toString("base64url") !== token) throw new IntegrityError();
    const position = bytes.subarray(40).toString();
    verifyRowMac(keyring, label, [binding, position], bytes.subarray(0, 8).toString("hex"), bytes.subarray(8, 40));
    return position;
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new SecretError({
      reason: "INVALID_PAGE_TOKEN",
      message: "pageToken does not belong to this caller and filter; start again without one",
      field: "pageToken",
    });
  }
}

/** The page size to use. Throws when it is over the limit. */
export function pageSizeOf(requested: number, limit: { readonly standard: number; readonly max: number }): number {
  if (requested <= limit.max) return requested === 0 ? limit.standard : requested;
  const message = `pageSize must be at most ${limit.max}`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "pageSize", limit: limit.max, actual: requested });
}
