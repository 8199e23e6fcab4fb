import type { PrincipalRules } from "./issuer.ts";

/** Clients that show a certificate, and the callers that they stand for. The claims are those of `claimsOf`. */
export interface ClientEntry extends PrincipalRules {
  /** Certificates are X.509-SVIDs of this SPIFFE trust domain. Undefined: they need no SPIFFE ID. */
  readonly trustDomain: string | undefined;
  readonly authorities: AuthorityLocation;
  /** How long the authorities that were last read are trusted when they cannot be read again. */
  readonly authoritiesMaxAgeMs: number;
  /** A certificate that is valid for longer than this, from its first moment to its last, is refused. */
  readonly maxLifetimeMs: number;
}

/** Certificates as PEM, or a SPIFFE bundle. */
export type AuthorityLocation = { readonly file: string; readonly format: "pem" | "bundle" } | { readonly url: string };
