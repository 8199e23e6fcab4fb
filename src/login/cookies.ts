import type { Place } from "./host.ts";

// Cookies with the prefix `__Host-` cannot be set by another host, nor over a connection without TLS. On loopback
// without TLS browsers do not agree about `Secure`, so they have other names there.

/**
 * What each cookie is for. `session`: the half of a session. `login`: logins that were begun. `claim`: one that is
 * done. `approval`: of a terminal.
 */
export type CookieName = "session" | "login" | "claim" | "approval";

export function cookieName(name: CookieName, { isSecure }: Place): string {
  return `${isSecure ? "__Host-" : ""}oo_${name}`;
}

/**
 * The value of a cookie. Undefined when there is none, or more than one: a page on another port, or of another part of
 * a domain, may have added one.
 */
export function readCookie(header: string | undefined, name: CookieName, place: Place): string | undefined {
  const wanted = `${cookieName(name, place)}=`;
  const found = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(wanted));
  return found.length === 1 ? found[0]?.slice(wanted.length) : undefined;
}

export interface CookieOptions {
  /** `Lax` also comes with a navigation from another site, as when a provider sends a browser back. */
  readonly sameSite: "Strict" | "Lax";
  /** Undefined: until the browser ends. */
  readonly seconds?: number;
}

/** The value of a `Set-Cookie` header. */
export function setCookie(name: CookieName, value: string, place: Place, { sameSite, seconds }: CookieOptions): string {
  const parts = [`${cookieName(name, place)}=${value}`, "Path=/", "HttpOnly", `SameSite=${sameSite}`];
  if (place.isSecure) parts.push("Secure");
  if (seconds !== undefined) parts.push(`Max-Age=${seconds}`);
  return parts.join("; ");
}

/** The value of a `Set-Cookie` header that removes a cookie. */
export function dropCookie(name: CookieName, place: Place): string {
  return setCookie(name, "", place, { sameSite: "Strict", seconds: 0 });
}
