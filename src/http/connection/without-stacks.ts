import type { Duplex } from "node:stream";

/**
 * Node makes an error for each request and stream that ends early, and its stack names only Node itself. To collect and
 * write it takes ten times as long as to end the stream, and attackers cause thousands a second. Unexpected errors keep
 * their stacks.
 */
export function withoutStacks(work: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Where Node ends all requests that wait on a socket of HTTP/1.1, when it closes. To be called after Node listens to
 * it.
 */
export function closeWithoutStacks(socket: Duplex): void {
  // A socket of TLS has ten already, and Node warns of more.
  socket.setMaxListeners(14);
  let { stackTraceLimit } = Error;
  socket.prependListener("close", () => {
    ({ stackTraceLimit } = Error);
    Error.stackTraceLimit = 0;
  });
  socket.on("close", () => {
    Error.stackTraceLimit = stackTraceLimit;
  });
}
