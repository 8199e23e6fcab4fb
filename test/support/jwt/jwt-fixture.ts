import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createKeySet } from "../../../src/jwt/jwks.ts";
import { verifyJwt } from "../../../src/jwt/jwt.ts";
import { readIssuers } from "../../../src/jwt/read-issuers.ts";

/** Noon, in seconds; a test may move on from there. */
export const noon = Date.UTC(2031, 4, 6, 12) / 1000;

/** A key pair that signs with RS256. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: Record<string, unknown>;
}

/** Making one takes a while, so tests share them. */
export function makeSigningKey(kid: string, modulusLength = 2048): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength });
  return { kid, privateKey, publicJwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" } };
}

export function encode(part: unknown): string {
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

/** Signs anything: header and claims are objects, or texts that need not be JSON. */
export function signRs256(key: SigningKey, claims: unknown, header: unknown = {}): string {
  const whole = typeof header === "string" ? header : { alg: "RS256", kid: key.kid, ...(header as object) };
  const input = `${encode(whole)}.${encode(claims)}`;
  return `${input}.${sign("sha256", Buffer.from(input), key.privateKey).toString("base64url")}`;
}

export const issuerUrl = "https://issuer.example";

/** Claims of a token that `plainFile` accepts: someone whose slug is `ci-<subject>`. */
export function claimsOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { iss: issuerUrl, aud: "secret-svc", sub: "app:payments", iat: noon - 10, exp: noon + 600, ...changes };
}

/** The entry of one issuer, with more fields, or others, as lines of YAML. */
export function fileOf(fields: Record<string, string> = {}): string {
  const all: Record<string, string> = {
    issuer: issuerUrl,
    audience: "secret-svc",
    jwksFile: "keys.json",
    claims: '{ sub: "app:{app}" }',
    tenant: "default",
    prefix: "ci",
    slug: '"{app}"',
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `    ${name}: ${value}\n`);
  return `issuers:\n  - ${lines.join("").trimStart()}`;
}

/** A verifier of the issuers of a file, all of which have the same keys, with a clock. */
export function verifierOf(file: string, keys: readonly unknown[], clock = { seconds: noon }) {
  const loads = { count: 0 };
  const now = () => clock.seconds * 1000;
  const issuers = readIssuers(file, "/nowhere/issuers.yaml", () => "").issuers.map((issuer) => {
    const load = async () => {
      loads.count += 1;
      return { keys };
    };
    return { issuer, keys: createKeySet({ load, now, maxAgeMs: issuer.keysMaxAgeMs, onFailure: () => {} }) };
  });
  return { loads, clock, verify: (token: string) => verifyJwt({ issuers, now }, token) };
}
