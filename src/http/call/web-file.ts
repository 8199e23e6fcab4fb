import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** A request of a browser for a file. */
export interface WebRequest {
  readonly verb: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of the client, as in `Exchange`. */
  readonly peer: string;
}

/** A whole response. `x-request-id` is added to its headers. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array | string;
}

/** Serves one path, for every verb. Undefined: to this client, there is nothing at the path. */
export type WebFile = (request: WebRequest) => WebAnswer | undefined | Promise<WebAnswer | undefined>;

/** Finds the file at a path that is neither one of the contract nor a page. Undefined: there is no such file. */
export type FindWebFile = (path: string) => WebFile | undefined;
