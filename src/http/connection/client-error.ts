import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/**
 * Responds to a request that is not HTTP, or is too large or slow, and closes the connection. Sends nothing while
 * another response is still being written: the client would take the error for the response to its next request.
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  lastResponse: ServerResponse | undefined,
): void {
  const isBusy = lastResponse !== undefined && !lastResponse.writableFinished;
  // Nothing can be sent over TLS before the handshake is done.
  const isHandshaking = "secureConnecting" in socket && socket.secureConnecting === true;
  if (error.code === "ECONNRESET" || !socket.writable || isBusy || isHandshaking) {
    socket.destroy();
    return;
  }
  const status = statusLines[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  // The peer may keep sending, but nothing more is read.
  socket.once("finish", () => socket.destroy());
}
