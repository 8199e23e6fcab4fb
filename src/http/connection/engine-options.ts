import type { SlowReaders } from "../call/slow-readers.ts";
import type { StreamServer } from "../call/streams.ts";
import type { ClientAddress } from "./client-address.ts";
import type { Connections } from "./connections.ts";
import type { DispatchOptions } from "./dispatch.ts";
import type { PacedRequests } from "./paced-requests.ts";

/** What the engines of HTTP/1.1 and HTTP/2 share. */
export interface EngineOptions {
  readonly connections: Connections;
  readonly clientAddress: ClientAddress;
  readonly dispatching: DispatchOptions;
  readonly streams: StreamServer;
  readonly slowReaders: SlowReaders;
  readonly requests: PacedRequests;
}
