import { type CompactJWSHeaderParameters, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { PeerCertificate } from "../crypto/peer-certificate.ts";
import { limits } from "../limits.ts";
import { type Caller, issuedTokenId } from "../rules/caller.ts";
import { isTimely } from "./certificate-path.ts";
import { type Issuer, principalOf } from "./issuer.ts";
import type { KeySet } from "./jwks.ts";
import { trustDomainOf } from "./spiffe-id.ts";
import { parseStrictJson } from "./strict-json.ts";

/** How long a token is accepted before it becomes valid, and after it expires: clocks differ. */
const skewSeconds = 30;

export interface TrustedIssuer {
  readonly issuer: Issuer;
  readonly keys: KeySet;
}

export interface ProvenCaller {
  readonly caller: Caller;
  /** When the token starts to be refused. */
  readonly endMs: number;
  /** The thumbprint of the only certificate whose holder may use the token. */
  readonly boundTo?: string;
}

/** Why a token proves nothing, in words that can be sent to the caller: they do not quote the token. */
export interface Refusal {
  readonly problem: string;
}

export interface JwtOptions {
  readonly issuers: readonly TrustedIssuer[];
  now(): number;
}

/**
 * Header fields that say where a key is, carry a key, change what is signed, or wrap another token. The sender of a
 * token must not decide any of this, so a token with one of them is refused, whether or not jose knows the field.
 */
const headersRefused = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"];

/** Header `typ` for issuers that do not name one: a token with any other is meant for something else. */
const typesAccepted: readonly unknown[] = [undefined, "jwt", "at+jwt", "application/at+jwt"];

/**
 * The caller of a token. `certificate`: what the client has shown in TLS. Throws `SecretError` ISSUER_UNAVAILABLE when
 * the keys of its issuer cannot be loaded.
 */
export async function verifyJwt(
  { issuers, now }: JwtOptions,
  token: string,
  certificate?: PeerCertificate,
): Promise<ProvenCaller | Refusal> {
  const [header, claims] = token.split(".", 2).map(decodePart);
  if (header === undefined || claims === undefined || !isHeaderAcceptable(header)) return problems.malformed;
  const named = issuers.filter(({ issuer }) => isFrom(issuer, claims) && isFor(issuer, claims.aud));
  const [trusted] = named;
  // For a token that fits two entries, it is not clear which of them counts.
  if (trusted === undefined || named.length > 1) return problems.stranger;
  const { issuer } = trusted;
  if (!isTypeAccepted(issuer, header.typ)) return problems.malformed;
  const nowMs = now();
  const verified = await checkSignature(trusted, token, header.kid, nowMs);
  if ("problem" in verified) return verified;
  const bond = bondOf(verified.claims, certificate, nowMs);
  if ("problem" in bond) return bond;
  const { exp } = verified.claims;
  if (!isInTime(issuer, verified.claims, nowMs)) return problems.untimely;
  // What a workload may do does not depend on what it shows: its certificate has the same name.
  const { sub } = verified.claims;
  const principal = principalOf(issuer, issuer.trustDomain === undefined ? verified.claims : { uri: sub });
  if (principal === undefined) return problems.unfit;
  if ("roleCount" in principal) return tooManyRoles(principal.roleCount);
  const caller = { ...principal, tokenId: issuedTokenId(issuer.prefix), tokenExpireAtMs: Math.floor(exp * 1000) };
  return { caller, ...bond, endMs: Math.min((exp + skewSeconds) * 1000, bond.endMs) };
}

const problems = {
  malformed: { problem: "the JWT is malformed, or of a kind that is not accepted" },
  stranger: { problem: "the JWT is not from an issuer and for an audience that this service accepts" },
  unsigned: { problem: "the JWT is not signed with a key and an algorithm that are accepted from its issuer" },
  ended: { problem: "the JWT has expired" },
  untimely: { problem: "the JWT is not valid yet, is valid for too long, or does not say when it expires" },
  bound: { problem: "the JWT is bound to its client (cnf) in a way that this service cannot check" },
  unbound: { problem: "the JWT is bound to a certificate (cnf), and the connection does not show it, or it has ended" },
  unfit: { problem: "the claims of the JWT do not match what this service accepts" },
} as const;

function tooManyRoles(count: number): Refusal {
  return { problem: `the claims of the JWT make ${count} roles, and a caller has at most ${limits.listEntries}` };
}

function decodePart(part: string): Readonly<Record<string, unknown>> | undefined {
  return parseStrictJson(Buffer.from(part, "base64url"));
}

function isHeaderAcceptable(header: Readonly<Record<string, unknown>>): boolean {
  if (headersRefused.some((name) => Object.hasOwn(header, name))) return false;
  return header.kid === undefined || typeof header.kid === "string";
}

/** For whom a token is: anyone, or the holder of the certificate of this connection, as long as that is valid. */
function bondOf(
  claims: JWTPayload,
  certificate: PeerCertificate | undefined,
  nowMs: number,
): { readonly endMs: number; readonly boundTo?: string } | Refusal {
  if (!Object.hasOwn(claims, "cnf")) return { endMs: Number.POSITIVE_INFINITY };
  const { cnf } = claims as { readonly cnf: unknown };
  const isMap = typeof cnf === "object" && cnf !== null && !Array.isArray(cnf);
  const [[name, thumbprint] = [], ...others] = isMap ? Object.entries(cnf) : [];
  if (name !== "x5t#S256" || typeof thumbprint !== "string" || others.length > 0) return problems.bound;
  if (certificate?.thumbprint !== thumbprint || !isTimely(certificate.leaf, nowMs)) return problems.unbound;
  return { endMs: certificate.leaf.validToDate.getTime(), boundTo: thumbprint };
}

function isFrom({ issuer, trustDomain }: Issuer, { iss, sub }: Readonly<Record<string, unknown>>): boolean {
  if (trustDomain === undefined) return iss === issuer;
  return typeof sub === "string" && trustDomainOf(sub) === trustDomain;
}

function isTypeAccepted({ type, trustDomain }: Issuer, typ: unknown): boolean {
  const given = typeof typ === "string" ? typ.toLowerCase() : typ;
  if (trustDomain !== undefined) return [undefined, "jwt", "jose"].some((each) => each === given);
  return type === undefined ? typesAccepted.includes(given) : given === type;
}

function isFor({ audience }: Issuer, aud: unknown): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}

type TimedClaims = JWTPayload & { readonly exp: number };

/** Checks signature, algorithm, issuer and audience, and that the token is valid now. */
async function checkSignature(
  { issuer, keys }: TrustedIssuer,
  token: string,
  kid: unknown,
  nowMs: number,
): Promise<{ readonly claims: TimedClaims } | Refusal> {
  const isSvid = issuer.trustDomain !== undefined;
  const options = {
    ...(isSvid ? {} : { issuer: issuer.issuer }),
    audience: issuer.audience,
    algorithms: [...issuer.algorithms],
    requiredClaims: ["exp", "aud", isSvid ? "sub" : "iss"],
    clockTolerance: skewSeconds,
    currentDate: new Date(nowMs),
  };
  try {
    const payload = await verifyWithSome(token, kid, keys, options);
    return payload.exp === undefined ? problems.untimely : { claims: { ...payload, exp: payload.exp } };
  } catch (error) {
    // The signature is checked before the claims.
    if (error instanceof errors.JWTExpired) return problems.ended;
    if (error instanceof errors.JWTClaimValidationFailed) return problems.untimely;
    // Keys that jose cannot use, or a signature that it cannot read, prove nothing either.
    const isRefusal = [errors.JOSEError, TypeError, DOMException].some((kind) => error instanceof kind);
    if (isRefusal) return problems.unsigned;
    throw error;
  }
}

/**
 * The claims of a token. One that names no key may be signed with any key for its algorithm: some are tried. For one
 * that names a key which the issuer has twice, it is not clear which counts.
 */
async function verifyWithSome(
  token: string,
  kid: unknown,
  keys: KeySet,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, (header: CompactJWSHeaderParameters) => keys.find(header), options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys) || kid !== undefined) throw error;
    let tried = 0;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        // A TypeError is a key that cannot be used, such as one that is too short.
        if (!(failure instanceof errors.JWSSignatureVerificationFailed || failure instanceof TypeError)) throw failure;
      }
      tried += 1;
      if (tried === limits.jwtKeysTried) break;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** What jose does not check: a token that was issued in the future, and one that is valid for too long. */
function isInTime({ maxLifetimeMs }: Issuer, { exp, iat }: TimedClaims, nowMs: number): boolean {
  const nowSeconds = nowMs / 1000;
  if (iat !== undefined && !(typeof iat === "number" && iat <= nowSeconds + skewSeconds)) return false;
  return exp - nowSeconds <= maxLifetimeMs / 1000 + skewSeconds;
}
