import type { Socket } from "node:net";

/**
 * Makes one piece of what a socket has read so far. Node's engines expect no more than that from one that is handed to
 * them: after the first piece, the one of HTTP/1.1 may not want to read, and that of HTTP/2 may have ended. Both end
 * the process at the second.
 */
export function joinPieces(socket: Socket): void {
  const pieces: Buffer[] = [];
  while (socket.readableLength > 0) {
    const piece: Buffer | null = socket.read();
    if (piece === null) break;
    pieces.push(piece);
  }
  const [first] = pieces;
  if (first !== undefined) socket.unshift(pieces.length === 1 ? first : Buffer.concat(pieces));
}
