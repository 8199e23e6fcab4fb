import { once } from "node:events";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { jsonHeaders, send, startServer } from "../support/http/fixture.ts";

test("threat 190: many connections are accepted in one turn of the event loop", async () => {
  const fixture = await startServer();
  const sockets = Array.from({ length: 200 }, () => net.connect(fixture.port, fixture.host));
  for (const socket of sockets) socket.on("error", () => {});
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const call = send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, jsonHeaders);
  let turns = 0;
  let isServed = false;
  call.finally(() => {
    isServed = true;
  });
  for (; !isServed; turns += 1) await turn();
  expect((await call).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await fixture.server.close();
});

test("a port that is in use is an error, also when it was shared", async () => {
  const fixture = await startServer();
  const second = startServer({ port: fixture.port });
  await expect(second).rejects.toThrow(/EADDRINUSE/);
  await fixture.server.close();
});
