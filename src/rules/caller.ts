import type { Principal } from "./access.ts";
import type { CallInfo } from "./decision-record.ts";

/** A principal together with the token that proved it. */
export interface Caller extends Principal {
  readonly tokenId: string;
  /** 0 = never. */
  readonly tokenExpireAtMs: number;
}

export interface IdentityCall extends CallInfo {
  readonly caller: Caller;
}
