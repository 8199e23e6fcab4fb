import { once } from "node:events";
import net from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fixture, startServer } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

/** Reads from a socket until a text has come, and answers everything up to its end. */
async function readUntil(socket: net.Socket, end: string): Promise<string> {
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString("latin1");
    if (text.includes(end)) return text;
  }
  throw new Error(`the connection ended after ${JSON.stringify(text)}`);
}

test.each([70_000, 3_000_000])(
  "a message of %i bytes is refused, and the next call on the connection served",
  async (size) => {
    const socket = net.connect(fixture.port, fixture.host);
    await once(socket, "connect");
    const message = Buffer.alloc(5 + size);
    message.writeUInt32BE(size, 1);
    const head = ["POST /grpc.health.v1.Health/Watch HTTP/1.1", "host: x", "content-type: application/connect+json"];
    socket.write(`${[...head, `content-length: ${message.length}`].join("\r\n")}\r\n\r\n`);
    socket.write(message);
    expect(await readUntil(socket, "\r\n0\r\n\r\n")).toContain('"code":"resource_exhausted"');
    socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(await readUntil(socket, "ok\n")).toMatch(/^HTTP\/1.1 200 OK/);
    socket.destroy();
  },
);
