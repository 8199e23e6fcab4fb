import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import { SecretError } from "../error.ts";

const label = "secret-svc/page-token/v2";

/**
 * A page token says where to continue. `binding` is everything that must be the same when the token comes back: tenant,
 * caller, method and filter. The token is authenticated, so a token of another caller or filter is refused. It is also
 * encrypted, because a list may stop at a secret that a narrowed token must not see.
 */
export function createPageToken(keyring: Keyring, binding: readonly string[], position: string): string {
  const { envelope } = sealAtRest(keyring, Buffer.from(position), encodeCanonical(label, [binding]));
  return envelope.toString("base64url");
}

/** The position in a page token; "" for no token. Throws INVALID_PAGE_TOKEN, with a message that names `field`. */
export function readPageToken(
  keyring: Keyring,
  binding: readonly string[],
  token: string,
  field = "pageToken",
): string {
  if (token === "") return "";
  const bytes = Buffer.from(token, "base64url");
  try {
    // Buffer.from skips invalid characters, but a token must have only one spelling.
    if (bytes.toString("base64url") !== token) throw new IntegrityError();
    return openAtRest(keyring, bytes, encodeCanonical(label, [binding])).toString();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new SecretError({
      reason: "INVALID_PAGE_TOKEN",
      message: `${field} does not belong to this caller and filter; start again without one`,
      field,
    });
  }
}

/** The page size to use. Throws when it is over the limit. */
export function pageSizeOf(requested: number, limit: { readonly standard: number; readonly max: number }): number {
  if (requested <= limit.max) return requested === 0 ? limit.standard : requested;
  const message = `pageSize must be at most ${limit.max}`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "pageSize", limit: limit.max, actual: requested });
}
