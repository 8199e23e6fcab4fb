import type { Grants } from "../rules/grants.ts";
import type { ClaimPattern } from "./claim-pattern.ts";
import type { NameTemplate } from "./name-template.ts";

/** A provider of OpenID Connect at which people log in, as the client of it that the service is. */
export interface LoginProvider {
  /** Names it in URLs and in `oo`: a slug, made from `name`. No two providers have the same one. */
  readonly id: string;
  /** On the button. */
  readonly name: string;
  /** Claim `iss`, exactly. Its discovery document says where everything else is. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  readonly clientAuth: ClientAuth;
  readonly scopes: readonly string[];
  /** Length of a session, and of what a person may ask for at most. */
  readonly sessionMs: number;
  /** Whether the user info has claims that the ID token has not. */
  readonly userInfo: boolean;
  readonly prompt: string | undefined;
  /** The person must have shown who they are within this time. */
  readonly maxAgeSeconds: number | undefined;
  /** In the order of the file: the first one that the claims fit says who a person is. */
  readonly entries: readonly LoginEntry[];
}

export type ClientAuth = "client_secret_basic" | "client_secret_post" | "none";

/** Whom the claims of a person make. */
export interface LoginEntry {
  readonly claims: ClaimPattern;
  /** A tenant, or the variable that names one. */
  readonly tenant: NameTemplate;
  readonly tenants: readonly string[];
  readonly slug: NameTemplate;
  readonly roles: readonly NameTemplate[];
  readonly adminClaims: ClaimPattern | undefined;
  /** What every session is narrowed to; empty when they are not narrowed. */
  readonly grants: Grants;
  /** False: only users whom an admin has made and linked. */
  readonly autoCreate: boolean;
}
