import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { expect, it } from "vitest";
import { nextChunk } from "../support/http/next-chunk.ts";
import { startServer } from "../support/server-process.ts";

it("threat 114: a caller who goes away in the middle of a body does not hold up the end of the process", async () => {
  const server = await startServer();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  const head = [
    "PUT /secret-svc/secrets HTTP/1.1",
    "host: localhost",
    `authorization: Bearer ${server.adminToken}`,
    "content-type: application/json",
    "expect: 100-continue",
    "content-length: 10",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  // The answer to the expectation shows that the service has begun to wait for the body.
  await nextChunk(socket);
  socket.write("ab");
  socket.destroy();
  const stopped = server.stop().then(() => "stopped");
  // The default deadline of a call is 30 s.
  expect(await Promise.race([stopped, after(25_000, "still there", { ref: false })])).toBe("stopped");
});
