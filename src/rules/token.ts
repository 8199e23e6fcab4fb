import { hash, randomBytes } from "node:crypto";

const tokenForm = /^oo_[A-Za-z0-9_-]{43}$/;
const jwtForm = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** A new token: `oo_` and 256 random bits in base64url. */
export function createTokenSecret(): string {
  return `oo_${randomBytes(32).toString("base64url")}`;
}

const browserLabel = Buffer.from("secret-svc/browser-session/v1");

/** Bytes of each half of a session in a browser. */
const halfBytes = 32;

/**
 * The token of a session in a browser, from the half in the cookie and the one in the page. Either half alone says
 * nothing about it. Undefined unless both are 32 bytes in base64url.
 */
export function joinHalves(cookieHalf: string | undefined, pageHalf: string | undefined): string | undefined {
  const halves = [readHalf(cookieHalf), readHalf(pageHalf)];
  const [first, second] = halves;
  if (first === undefined || second === undefined) return undefined;
  return `oo_${hash("sha256", Buffer.concat([browserLabel, first, second]), "base64url")}`;
}

function readHalf(text: string | undefined): Buffer | undefined {
  if (text === undefined || !/^[A-Za-z0-9_-]{43}$/.test(text)) return undefined;
  const half = Buffer.from(text, "base64url");
  return half.length === halfBytes && half.toString("base64url") === text ? half : undefined;
}

/** A new half. */
export function createHalf(): string {
  return randomBytes(halfBytes).toString("base64url");
}

export function isHalf(text: string): boolean {
  return readHalf(text) !== undefined;
}

export function isTokenSecret(text: string): boolean {
  return tokenForm.test(text);
}

/** Whether a text has the three parts of a signed token. Any other text is not examined as one. */
export function isJwt(text: string): boolean {
  return jwtForm.test(text);
}

/** What is stored of a token. A token has 256 random bits, so nothing slower than SHA-256 is needed. */
export function hashToken(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

/** The same hash for a map in memory: a string takes a quarter of the memory of a buffer. */
export function hashTokenToText(secret: string): string {
  return hash("sha256", secret, "latin1");
}

/** A name for a token that reveals nothing about it. */
export function createTokenId(): string {
  return `tok_${randomBytes(10).toString("hex")}`;
}

export const tokenIdForm = /^tok_[0-9a-f]{20}$/;

/** Whether a name is that of a token, not of a JWT. */
export function isTokenId(text: string): boolean {
  return tokenIdForm.test(text);
}
