import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";

/**
 * To be called when a session begins. In the next tick, Node hands it what its socket has read before, piece by piece, and goes on when one of
 * them has ended the session: it then throws where no caller can catch it. With this, there is nothing more to read from then on.
 */
export function readWhileOpen(socket: Socket, session: Pick<ServerHttp2Session, "destroyed">): void {
  const { read } = socket;
  socket.read = (size) => (session.destroyed ? null : read.call(socket, size));
  process.nextTick(() => Reflect.deleteProperty(socket, "read"));
}
