import type { Identified } from "./plan-user.ts";

/** A session that may be opened. */
export interface SessionPlan {
  readonly tenant: string;
  readonly slug: string;
  /** What it is narrowed to, as `action:glob`; empty for everything that the user may do. */
  readonly grants: readonly string[];
  /** Where the person logged in; "" when the session is made from a token. */
  readonly issuer: string;
  /** Id of the token or passkey that it is made from and ends with; "" after a login at a provider. */
  readonly parent: string;
  /** What the issuer calls the session; "" when it does not say. */
  readonly sid: string;
  /** For the issuer; "" when there is none. */
  readonly refreshToken: string;
  /** It never lasts longer. */
  readonly endAtMs: number;
  /** How the person showed who they are, for the audit log: `token`, `handoff`, `passkey`, or the name of an issuer. */
  readonly rule: string;
  /** A person who came back from a provider: the user is made or changed with the session. */
  readonly who?: Identified | undefined;
}

/** A person who may let a terminal act for them: someone who came back from a provider, or who has shown a passkey. */
export type Approver = Identified | { readonly passkey: SessionPlan };
