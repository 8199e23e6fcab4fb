import type { Call } from "../http/call/call.ts";
import type { Reply } from "./answers.ts";

/** A request whose caller is authenticated. */
export interface VaultRequest {
  readonly call: Call;
  readonly body: Uint8Array;
  /** The credential as it was sent. */
  readonly credential: string;
}

/** A request that needs no token. */
export interface PublicRequest {
  readonly peer: string;
  readonly requestId: string;
  readonly body: Uint8Array;
  /** As a value of an Authorization header. Throws as for any other call. */
  authenticate(authorization: string): Promise<Call>;
}

/** What a request asks for. */
export type Operation = {
  /** For metrics and the log. */
  readonly name: string;
  /** Recorded when it is refused. */
  readonly action: string;
} & (
  | { readonly isPublic: true; run(request: PublicRequest): Promise<Reply> }
  | { readonly isPublic?: false; run(request: VaultRequest): Promise<Reply> }
);
