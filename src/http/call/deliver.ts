import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { universalResponseToNodeResponse } from "@connectrpc/connect-node";

/** Codes of Node for a write to a peer that reset its stream, closed its connection, or no longer responds. */
const goneCodes: ReadonlySet<unknown> = new Set([
  "ECANCELED",
  "ECONNRESET",
  "EPIPE",
  "ERR_HTTP2_INVALID_STREAM",
  "ERR_STREAM_DESTROYED",
  "ETIMEDOUT",
]);

/** Is informed whenever a chunk was sent, and when it was taken. */
export interface Reads {
  sent(bytes: number): void;
  taken(): void;
}

/**
 * Writes a response of connect-es. If the peer disconnects, the handler's messages end, and that does not count as an
 * error. Rejects if the response could not be written for any other reason. May never settle.
 */
export async function deliver(
  answer: UniversalServerResponse,
  response: ServerResponse | Http2ServerResponse,
  reads: Reads,
): Promise<void> {
  const { body } = answer;
  try {
    await universalResponseToNodeResponse(
      body === undefined ? answer : { ...answer, body: endedWith(response, body, reads) },
      response,
    );
  } catch (error) {
    if (!isPeerGone(error)) throw error;
  }
}

/**
 * Ends the body once the response is closed: connect-es waits forever for a peer that disconnected without reading. The
 * iterator has no `throw`, so that a write error is not passed to the handler as its own.
 */
function endedWith(response: ServerResponse | Http2ServerResponse, body: AsyncIterable<Uint8Array>, reads: Reads) {
  const chunks = body[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorResult<Uint8Array>> =>
    (await chunks.return?.()) ?? { done: true, value: undefined };
  response.once("close", () => end().catch(() => undefined));
  // connect-es asks for the next chunk when the client has taken most of the last one.
  const next = async () => {
    reads.taken();
    const result = await chunks.next();
    reads.sent(result.done === true ? 0 : result.value.length);
    return result;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}

/** connect-es wraps the error of Node. */
function isPeerGone(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && "code" in cause && goneCodes.has(cause.code);
}
