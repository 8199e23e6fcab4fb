/** Limits of a connection and of the headers of its requests, which Node's two HTTP engines enforce. */
export const connectionLimits = {
  /** All headers of a request. Enough for a token of 8 KiB and the headers that proxies add. */
  headerBytes: 16 * 1024,
  /** Number of headers. Clients send about ten. */
  headerCount: 100,
  /**
   * Open connections. With the files of a store, they stay below the usual limit of 4096 file descriptors per process.
   */
  connections: 3000,
  /** Sockets that listen on the port, each of which accepts one connection in a turn of the event loop. */
  listeners: 64,
  /** Connections that wait to be accepted by one of them. The system may allow fewer. */
  acceptQueue: 1024,
  /** Requests that wait on one HTTP/1.1 connection for those before them. Clients that pipeline at all send a few. */
  pipelinedRequests: 32,
  /**
   * Requests that wait for a turn of the event loop: of all users, and of all strangers. A user, or an address, may
   * have no more of them than are left for all others: one alone has half, and each of three who want everything a
   * quarter.
   */
  waitingRequests: 1024,
  /** Concurrent calls on one HTTP/2 connection. */
  concurrentStreams: 100,
  /** Memory of one HTTP/2 connection. Node takes it in MB. */
  sessionMemoryMb: 10,
  /**
   * Streams that a client may reset at once, and then per second, before its connection is closed. A reset call costs
   * the server more than the client.
   */
  resetBurst: 200,
  resetRate: 33,
  /**
   * The rate at which a client must read a large response. Slower than any usable network: a page of 3 MiB takes 96 s.
   */
  readBytesPerSecond: 32 * 1024,
} as const;
