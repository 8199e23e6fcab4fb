import { limits } from "../../limits.ts";

/** What one request may cost before and while it is decoded. */
export interface RequestLimits {
  /** A whole request, as sent and after inflating. */
  readonly requestBytes: number;
  /** The same where no token is needed. */
  readonly anonymousRequestBytes: number;
  /** The same for the request of a stream. */
  readonly streamRequestBytes: number;
  /** Values in one request, counted before decoding. */
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

/** How long the server waits for what, in milliseconds. */
export interface HttpTimeouts {
  /** For the first bytes of a connection, which tell HTTP/1.1 from HTTP/2, and for the TLS handshake. */
  readonly sniffMs: number;
  /** For the complete headers of an HTTP/1.1 request. */
  readonly headersMs: number;
  /** For a complete HTTP/1.1 request, so that a trickled body does not hold a connection. */
  readonly requestMs: number;
  /** For the next request on a kept connection. Longer than the 60 s of common load balancers, which must be the ones to close. */
  readonly idleMs: number;
  /** Without a byte in either direction while a call is open: the peer does not read its answer, or is gone. */
  readonly stalledMs: number;
  /** Deadline of a call that names none. Also bounds how long a body may take on HTTP/2. */
  readonly defaultDeadlineMs: number;
  /** Longest deadline of a unary call; a longer one is clipped to it. */
  readonly maxDeadlineMs: number;
  /** Longest deadline of a stream. Timers overflow at 24.8 days and would fire at once. */
  readonly maxStreamDeadlineMs: number;
  /** For calls under way to finish on shutdown; what is left then is cut. Orchestrators kill after 30 s. */
  readonly shutdownMs: number;
}

export const httpTimeouts: HttpTimeouts = {
  sniffMs: 10_000,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 65_000,
  stalledMs: 60_000,
  defaultDeadlineMs: 30_000,
  maxDeadlineMs: 120_000,
  maxStreamDeadlineMs: 24 * 3600 * 1000,
  shutdownMs: 25_000,
};

/** Limits of the two protocol engines, given to Node. */
export const engineLimits = {
  /** All headers of a request. Holds a token of 8 KiB and what proxies add. */
  headerBytes: 16 * 1024,
  /** Number of headers; clients send about ten. */
  headerCount: 100,
  /** Open connections; each may hold a request. Below the usual limit of 4096 file descriptors for a process with a store. */
  connections: 3000,
  /** Calls at a time on one HTTP/2 connection. */
  concurrentStreams: 100,
  /** Memory of one HTTP/2 connection in MB, as Node wants it. */
  sessionMemoryMb: 10,
  /** Streams a client may reset at once, and then per second, before its connection is cut: a reset call costs more than it does the client. */
  resetBurst: 200,
  resetRate: 33,
} as const;
