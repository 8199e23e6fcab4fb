import { limits } from "../../limits.ts";

/** Limits of one request before and during decoding. */
export interface RequestLimits {
  /** Size of a whole request, both as sent and after decompression. */
  readonly requestBytes: number;
  /** The same for methods that need no token. */
  readonly anonymousRequestBytes: number;
  /** The same for the request of a stream. */
  readonly streamRequestBytes: number;
  /** Number of values in one request, counted before decoding. */
  readonly requestValues: number;
  /** Nesting of objects and lists. The contract needs four levels. */
  readonly nesting: number;
}

export const requestLimits: RequestLimits = {
  requestBytes: limits.requestBytes,
  anonymousRequestBytes: limits.anonymousRequestBytes,
  streamRequestBytes: limits.streamRequestBytes,
  requestValues: limits.requestValues,
  nesting: 32,
};

/** How long the server waits, in milliseconds. */
export interface HttpTimeouts {
  /** For the first bytes of a connection, which distinguish HTTP/1.1 from HTTP/2, and for the TLS handshake. */
  readonly sniffMs: number;
  /** For the header of the PROXY protocol, which a proxy sends with the first packet of a connection. */
  readonly proxyHeaderMs: number;
  /** For the complete headers of an HTTP/1.1 request. */
  readonly headersMs: number;
  /** For a complete HTTP/1.1 request, so that a body that trickles in does not occupy a connection. */
  readonly requestMs: number;
  /**
   * For the next request on an idle connection. Longer than the 60 s of common load balancers, which must close first.
   */
  readonly idleMs: number;
  /** Without a byte in either direction during a call: the peer does not read its response, or is gone. */
  readonly stalledMs: number;
  /** For a client to read a response, and longer for a large one. */
  readonly unreadMs: number;
  /** Deadline of a call that does not set one. Also limits how long a body may take on HTTP/2. */
  readonly defaultDeadlineMs: number;
  /** Longest deadline of a unary call. A longer one is shortened to it. */
  readonly maxDeadlineMs: number;
  /** Longest deadline of a stream. Timers overflow after 24.8 days and would fire at once. */
  readonly maxStreamDeadlineMs: number;
  /** For calls in progress to finish on shutdown, before they are cut off. Orchestrators kill a process after 30 s. */
  readonly shutdownMs: number;
}

export const httpTimeouts: HttpTimeouts = {
  sniffMs: 10_000,
  proxyHeaderMs: 5_000,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 65_000,
  stalledMs: 60_000,
  unreadMs: 15_000,
  defaultDeadlineMs: 30_000,
  maxDeadlineMs: 120_000,
  maxStreamDeadlineMs: 24 * 3600 * 1000,
  shutdownMs: 25_000,
};
