import type { Socket } from "node:net";
import { createFairStarts } from "../../flow/fair-starts.ts";
import type { Connections } from "./connections.ts";
import { joinPieces } from "./join-pieces.ts";

/**
 * What a connection begins with: one call of a user, one of a machine with a JWT, a few calls at most. One call comes
 * before a hundred that have come in one piece. Whatever begins with more is of the last rank, and so are connections
 * from addresses from which no caller is connected.
 */
const sizes = [512, 2 * 1024, 4 * 1024, 12 * 1024];

/** Hands the first bytes of each connection to its engine at a pace: by their size, and addresses take turns. */
export function paceConnections(connections: Pick<Connections, "of">, isClosing: () => boolean) {
  const starts = createFairStarts({
    ranks: sizes.length + 1,
    cheapRanks: 2,
    // No more than requests: otherwise too many of those would wait.
    most: 48,
    sliceMs: 8,
    least: 16,
    laterShare: 8,
    waiting: Number.POSITIVE_INFINITY,
  });

  function rankOf(socket: Socket): number {
    const { callers = 0 } = connections.of(socket)?.network ?? {};
    const rank = callers === 0 ? -1 : sizes.findIndex((size) => socket.readableLength <= size);
    return rank < 0 ? sizes.length : rank;
  }

  return (socket: Socket, begin: () => void): void => {
    let hasStarted = false;
    let forget: (() => void) | undefined;
    forget = starts.run({
      owner: connections.of(socket)?.network,
      // It goes on to read while it waits.
      rank: () => rankOf(socket),
      start() {
        hasStarted = true;
        if (forget !== undefined) socket.off("close", forget);
        if (isClosing() || connections.of(socket) === undefined) socket.destroy();
        if (socket.destroyed) return;
        joinPieces(socket);
        // What was put back makes the socket read more in the next tick. After that tick, a paused one stays paused.
        process.nextTick(() => {
          if (!socket.destroyed) begin();
        });
      },
    });
    if (!hasStarted && forget !== undefined) socket.once("close", forget);
  };
}
