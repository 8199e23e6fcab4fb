import type { Principal } from "./access.ts";
import type { CallInfo } from "./decision-record.ts";

/** A principal together with the token that proved it. */
export interface Caller extends Principal {
  readonly tokenId: string;
  /** 0 = never. */
  readonly tokenExpireAtMs: number;
}

/** A call about users or tokens. It may depend on the token of the caller, such as on its expiry. */
export interface IdentityCall extends CallInfo {
  readonly caller: Caller;
}
