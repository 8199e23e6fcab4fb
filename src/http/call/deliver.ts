import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { universalResponseToNodeResponse } from "@connectrpc/connect-node";

/** What Node says of a write to a peer that has reset its stream, closed its connection, or does not answer any more. */
const goneCodes: ReadonlySet<unknown> = new Set([
  "ECANCELED",
  "ECONNRESET",
  "EPIPE",
  "ERR_HTTP2_INVALID_STREAM",
  "ERR_STREAM_DESTROYED",
  "ETIMEDOUT",
]);

/**
 * Writes an answer of connect-es. When the peer goes away the handler's messages end, and that is no error. Rejects with
 * any other reason why the answer could not be written. May never settle.
 */
export async function deliver(
  answer: UniversalServerResponse,
  response: ServerResponse | Http2ServerResponse,
): Promise<void> {
  const { body } = answer;
  try {
    await universalResponseToNodeResponse(
      body === undefined ? answer : { ...answer, body: endedWith(response, body) },
      response,
    );
  } catch (error) {
    if (!isPeerGone(error)) throw error;
  }
}

/**
 * Ends the body once the answer is closed: connect-es waits forever for a peer that left while it did not read. Without
 * `throw`, a failure to write is not one of the handler.
 */
function endedWith(response: ServerResponse | Http2ServerResponse, body: AsyncIterable<Uint8Array>) {
  const chunks = body[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorResult<Uint8Array>> =>
    (await chunks.return?.()) ?? { done: true, value: undefined };
  response.once("close", () => end().catch(() => undefined));
  return { [Symbol.asyncIterator]: () => ({ next: () => chunks.next(), return: end }) };
}

/** connect-es wraps the error of Node. */
function isPeerGone(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && "code" in cause && goneCodes.has(cause.code);
}
