import type { Principal } from "./access.ts";
import type { CallInfo } from "./decision-record.ts";

/** A principal together with the token that proved it. */
export interface Caller extends Principal {
  readonly tokenId: string;
  /** 0 = never. */
  readonly tokenExpireAtMs: number;
  /** The token is that of a session. */
  readonly isSession?: boolean;
  /** Name of the person, from the login provider. */
  readonly displayName?: string;
}

/**
 * For a change by the service itself, or by someone who has only just shown who they are. `slug`: "" for the service.
 */
export function callerWithoutRights(tenant: string, slug: string): Caller {
  return { tenant, slug, roles: [], admin: false, operator: false, grants: [], tokenId: "", tokenExpireAtMs: 0 };
}

/** The id that stands in for that of a token when the caller came with a JWT. */
export function issuedTokenId(prefix: string): string {
  return `issuer:${prefix}`;
}

/** The same for a caller who has shown a certificate. */
export function certificateTokenId(prefix: string): string {
  return `certificate:${prefix}`;
}

/** Whether the caller is a principal of the file of issuers, not a user of the service. */
export function isIssued(caller: Caller): boolean {
  return caller.tokenId.startsWith(issuedTokenId("")) || hasCertificate(caller);
}

/** Whether a certificate has proven who the caller is. */
export function hasCertificate({ tokenId }: Caller): boolean {
  return tokenId.startsWith(certificateTokenId(""));
}

/** A call about users or tokens. It may depend on the token of the caller, such as on its expiry. */
export interface IdentityCall extends CallInfo {
  readonly caller: Caller;
}
