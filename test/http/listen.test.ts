import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { listenOften } from "../../src/http/connection/listen.ts";
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
  expect(turns).toBeLessThan(sockets.length);
  for (const socket of sockets) socket.destroy();
  await fixture.server.close();
});

test("a port that is in use is an error, also when it was shared", async () => {
  const fixture = await startServer();
  const { host, port } = fixture;
  await expect(listenOften(http.createServer(), { host, port })).rejects.toThrow(/EADDRINUSE/);
  await fixture.server.close();
  const other = http.createServer();
  const listeners = await listenOften(other, { host, port });
  expect(listeners.port).toBe(port);
  other.close();
  await listeners.closeOthers();
});

test("a port that several processes share is not looked for, and is an error that names the setting where none can", async () => {
  const [one, other] = [http.createServer(), http.createServer()];
  const first = await listenOften(one, { host: "127.0.0.1", port: 0, isShared: true });
  const second = await listenOften(other, { host: "127.0.0.1", port: first.port, isShared: true });
  expect(second.port).toBe(first.port);
  for (const [server, listeners] of [[one, first] as const, [other, second] as const]) {
    server.close();
    await listeners.closeOthers();
  }
  const unable = http.createServer();
  unable.listen = () => {
    queueMicrotask(() => unable.emit("error", Object.assign(new Error("listen"), { code: "ENOTSUP" })));
    return unable;
  };
  const shared = listenOften(unable, { host: "127.0.0.1", port: first.port, isShared: true });
  await expect(shared).rejects.toThrow(/^SECRET_SVC_WORKERS: this system cannot share a port/);
});
