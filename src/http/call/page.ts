import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** A request of a browser for something that is not a call. */
export interface PageRequest {
  readonly verb: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of the client, as in `Exchange`. */
  readonly peer: string;
}

/** A whole response. `x-request-id` is added to its headers. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array | string;
}

/** Serves one path, for every verb. Undefined: to this client, there is nothing at the path. */
export type Page = (request: PageRequest) => PageAnswer | undefined | Promise<PageAnswer | undefined>;

/** Finds what serves a path that is not one of the contract. Undefined: nothing does. */
export type FindPage = (path: string) => Page | undefined;
