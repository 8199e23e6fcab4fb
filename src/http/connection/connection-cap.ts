import type { Server, Socket } from "node:net";
import { networkOf } from "../../admission/admission.ts";

/**
 * Closes a new connection from an address that already has `max` open ones, before a byte of it is read, even of TLS.
 * Call it before adding other listeners for connections: they run later, and may get a socket that is destroyed.
 */
export function capConnections(server: Server, max: number): void {
  const open = new Map<string, number>();
  server.prependListener("connection", (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? "");
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once("close", () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > max) socket.destroy();
  });
}
