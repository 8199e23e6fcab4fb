/** Cookies of logins under way. The one of a session is another matter. */
export type LoginCookie = "login" | "claim" | "approval";

/**
 * `login` has to come along from the provider. The others never come along from another site: what they stand for must
 * not be used by a link or a form of an attacker.
 */
const sameSite = { login: "Lax", claim: "Strict", approval: "Strict" } as const;

/** `__Host-`: no other host and no other path can set it. On this machine without TLS that is not possible. */
export function loginCookieName(cookie: LoginCookie, isSecure: boolean): string {
  return `${isSecure ? "__Host-" : ""}oo_${cookie}`;
}

/** Sets a cookie, or with `maxAgeSeconds` 0 removes it. */
export function setLoginCookie(cookie: LoginCookie, value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=${sameSite[cookie]}; Max-Age=${maxAgeSeconds}`;
  return `${loginCookieName(cookie, isSecure)}=${value}; ${attributes}${isSecure ? "; Secure" : ""}`;
}

/** The value of a cookie. Undefined when it is not there, or there twice: then one of them is from somewhere else. */
export function readLoginCookie(
  header: string | undefined,
  cookie: LoginCookie,
  isSecure: boolean,
): string | undefined {
  const prefix = `${loginCookieName(cookie, isSecure)}=`;
  const found = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix));
  return found.length === 1 ? found[0]?.slice(prefix.length) : undefined;
}
