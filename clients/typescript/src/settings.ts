/** Settings are checked in the same way in Node and browsers; both throw TypeError for what cannot be used. */

/** @returns the address without a slash at its end. The error does not quote it: it may have a password in it. */
export function checkUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWhole =
    parsed !== undefined &&
    /^https?:$/.test(parsed.protocol) &&
    /^https?:\/\//i.test(url) &&
    parsed.hostname !== "" &&
    parsed.pathname === "/" &&
    !/[@?#]/.test(url);
  if (!isWhole) {
    throw new TypeError("the address of the service must look like https://HOST:PORT, with nothing after it");
  }
  return parsed.origin;
}

/** @returns the token. `source` is what the error calls it. */
export function checkToken(token: string, source: string): string {
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError(`${source} does not hold a token: that is one line without spaces, such as oo_…`);
  }
  return token;
}

/** @returns the milliseconds. */
export function checkTimeout(timeoutMs: number): number {
  if (!(timeoutMs > 0)) throw new TypeError(`the timeout must be positive, and is ${timeoutMs}`);
  return timeoutMs;
}
