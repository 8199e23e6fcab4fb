import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readWhileOpen } from "../../src/http/connection/read-while-open.ts";
import { frame, frameType, hello } from "../support/http/http2-frames.ts";

const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
beforeAll(() => void process.on("uncaughtException", note));
afterAll(() => void process.off("uncaughtException", note));

test("threat 191: a session that ends in the first of several pieces does not end the process", async () => {
  const engine = http2.createServer();
  engine.on("sessionError", () => {});
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    // The second piece that came, and before it the first one.
    socket.unshift(Buffer.alloc(40_000));
    socket.unshift(Buffer.concat([hello, frame(frameType.ping, 0, 0, Buffer.from("short")), Buffer.alloc(40_000)]));
    engine.once("session", (session) => {
      session.on("error", () => {});
      readWhileOpen(socket, session);
    });
    engine.emit("connection", socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.resume();
  await once(client, "close");
  server.close();
  await once(server, "close");
  expect(uncaught).toEqual([]);
});
