import type { Socket } from "node:net";
import { createFirstBytes } from "./first-bytes.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Hands each new connection to the engine of its protocol. */
export interface ConnectionSorter {
  accept(socket: Socket): void;
  /** Closes connections whose protocol is not known yet. A shutdown does not wait for them. */
  destroyUndecided(): void;
}

/**
 * Distinguishes HTTP/2 from HTTP/1.1: over TLS by what ALPN negotiated, otherwise by the first bytes of a connection,
 * which are put back before it is handed on. Closes a connection whose protocol is unknown after `sniffMs`.
 */
export function createConnectionSorter(options: {
  readonly sniffMs: number;
  readonly onHttp1: (socket: Socket) => void;
  readonly onHttp2: (socket: Socket) => void;
}): ConnectionSorter {
  const firstBytes = createFirstBytes(options.sniffMs);
  return {
    accept(socket) {
      if (socket.destroyed) return;
      // A reset must not end the process, whether it comes before or after the connection is handed on.
      socket.on("error", () => socket.destroy());
      const negotiated = "alpnProtocol" in socket ? socket.alpnProtocol : undefined;
      if (negotiated === "h2") options.onHttp2(socket);
      else if (negotiated === "http/1.1") options.onHttp1(socket);
      else {
        firstBytes.read(socket, (seen) => {
          const length = Math.min(seen.length, preface.length);
          const isPreface = preface.compare(seen, 0, length, 0, length) === 0;
          if (isPreface && length < preface.length) return "more";
          return { taken: 0, next: () => (isPreface ? options.onHttp2(socket) : options.onHttp1(socket)) };
        });
      }
    },
    destroyUndecided: firstBytes.destroyUndecided,
  };
}
