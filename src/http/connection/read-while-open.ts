import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";

/**
 * Call this when a session begins. In the next tick Node feeds it the buffered bytes, and does not stop when one of
 * them ends the session; it then throws where nothing can catch it. This makes reads return nothing once the session
 * has ended.
 */
export function readWhileOpen(socket: Socket, session: Pick<ServerHttp2Session, "destroyed">): void {
  const { read } = socket;
  socket.read = (size) => (session.destroyed ? null : read.call(socket, size));
  process.nextTick(() => Reflect.deleteProperty(socket, "read"));
}
