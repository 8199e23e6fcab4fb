import { ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { answerClientError } from "../../src/http/connection/client-error.ts";

/** A connection whose other end takes everything. */
class Connection extends Duplex {
  sent = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent += chunk.toString("latin1");
    done();
  }

  override _read(): void {}
}

const errorOf = (code?: string) => Object.assign(new Error("bad"), code === undefined ? {} : { code });
const closed = (connection: Connection) => new Promise<void>((resolve) => connection.once("close", resolve));

test.each([
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
  ["HPE_INVALID_METHOD", "400 Bad Request"],
  [undefined, "400 Bad Request"],
])("%s is answered with %s, and the connection is closed", async (code, status) => {
  const connection = new Connection();
  answerClientError(errorOf(code), connection, undefined);
  await closed(connection);
  expect(connection.sent).toBe(
    `HTTP/1.1 ${status}\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
});

const responseOf = (writableFinished: boolean) =>
  Object.create(ServerResponse.prototype, { writableFinished: { value: writableFinished } }) as ServerResponse;

test("nothing is sent before another response is written, and something is after it", async () => {
  const busy = new Connection();
  answerClientError(errorOf(), busy, responseOf(false));
  expect([busy.destroyed, busy.sent]).toEqual([true, ""]);
  const idle = new Connection();
  answerClientError(errorOf(), idle, responseOf(true));
  await closed(idle);
  expect(idle.sent).toContain("400 Bad Request");
});

test("nothing is sent to a client that is gone, that takes nothing, or before TLS is agreed on", () => {
  const gone = new Connection();
  answerClientError(errorOf("ECONNRESET"), gone, undefined);
  const ended = new Connection();
  ended.end();
  answerClientError(errorOf(), ended, undefined);
  const handshaking = Object.assign(new Connection(), { secureConnecting: true });
  answerClientError(errorOf(), handshaking, undefined);
  for (const connection of [gone, ended, handshaking]) {
    expect([connection.destroyed, connection.sent]).toEqual([true, ""]);
  }
});

test("a response is sent once TLS is agreed on", async () => {
  const connection = Object.assign(new Connection(), { secureConnecting: false });
  answerClientError(errorOf(), connection, undefined);
  await closed(connection);
  expect(connection.sent).toContain("400 Bad Request");
});
