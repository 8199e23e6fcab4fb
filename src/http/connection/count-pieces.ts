import type { ServerHttp2Stream } from "node:http2";
import type { Traffic } from "../call/traffic.ts";

/**
 * Counts the pieces of a body when they come. A call that waits for its turn reads nothing, and its stream would
 * collect 65,000 pieces of one byte, of which each takes as long as a small call.
 */
export function countPieces(stream: ServerHttp2Stream, traffic: Traffic): void {
  const { push } = stream;
  let pieces = 0;
  stream.push = (chunk, encoding) => {
    if (stream.destroyed) return false;
    if (chunk !== null) {
      traffic.piece(pieces, chunk.length);
      pieces += 1;
    }
    return push.call(stream, chunk, encoding);
  };
}
