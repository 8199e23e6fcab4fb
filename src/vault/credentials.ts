import { SecretError } from "../error.ts";

/** The prefix of credentials that a login gave out. They stand for the one that was shown at the login. */
export const loginPrefix = "login.";

/**
 * The credential of a request: in `X-Vault-Token`, or in `Authorization: Bearer`. Both may be sent if they are equal.
 * Throws `SecretError` UNAUTHENTICATED for different ones: a proxy in front may have checked the other.
 */
export function presentedCredential(rawHeaders: readonly string[]): string | undefined {
  let found: string | undefined;
  let isOtherScheme = false;
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (name !== "x-vault-token" && name !== "authorization") continue;
    const value = rawHeaders[at + 1] ?? "";
    const credential = name === "authorization" ? bearerOf(value) : value;
    const isOther = found !== undefined && credential !== undefined && found !== credential;
    if (isOther || seen.has(name)) {
      throw new SecretError({ reason: "UNAUTHENTICATED", message: "the request has more than one credential" });
    }
    seen.add(name);
    if (credential === undefined) isOtherScheme = true;
    else found = credential;
  }
  return found ?? (isOtherScheme ? "" : undefined);
}

/**
 * Undefined for another scheme, which is for a proxy in front: a URL with a user and a password makes clients send it.
 */
function bearerOf(authorization: string): string | undefined {
  const [start] = /^bearer +/i.exec(authorization) ?? [];
  return start === undefined ? undefined : authorization.slice(start.length);
}

/** The credential in the form of an Authorization header. */
export function toAuthorization(credential: string | undefined): string | undefined {
  return credential === undefined ? undefined : `Bearer ${withoutPrefix(credential)}`;
}

export function isFromLogin(credential: string): boolean {
  return credential.startsWith(loginPrefix);
}

function withoutPrefix(credential: string): string {
  return isFromLogin(credential) ? credential.slice(loginPrefix.length) : credential;
}
