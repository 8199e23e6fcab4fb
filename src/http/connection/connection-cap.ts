import type { Server, Socket } from "node:net";
import { networkOf } from "../../admission/admission.ts";

/**
 * Closes connections of an address that has `max` open ones, before a byte of them is read, TLS included. To be called
 * before anything else listens to the server's connections; whoever does must expect destroyed ones.
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
