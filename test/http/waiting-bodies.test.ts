import { subscribe, unsubscribe } from "node:diagnostics_channel";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { authenticate, startServer, token } from "../support/http/fixture.ts";

const piece = Buffer.alloc(64 * 1024, " ");
const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);

const head = [
  "POST /secret.v1.SecretService/SaveSecrets HTTP/1.1",
  "host: x",
  `authorization: Bearer ${token}`,
  "content-type: application/json",
].join("\r\n");

/** Writes until nothing has left for long, or all is gone. */
async function writeAll(client: net.Socket, part: Buffer, times: number): Promise<void> {
  for (let sent = 0, quiet = 0; sent < times && quiet < 500; quiet += 1) {
    for (; !client.writableNeedDrain && sent < times; sent += 1) {
      client.write(part);
      quiet = 0;
    }
    await turn();
  }
}

it.each([
  ["that says its length", "content-length: 4194304", piece, 62],
  ["in chunks", "transfer-encoding: chunked", chunk, 500],
])("threat 249: a body %s is not read while its call waits for its turn", async (_name, framing, part, times) => {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const fixture = await startServer({
    async authenticate(authorization) {
      await gate;
      return authenticate(authorization);
    },
  });
  // The server is in this process: its ends of the connections say what it has taken.
  const accepted: net.Socket[] = [];
  const onSocket = (message: unknown) => void accepted.push((message as { socket: net.Socket }).socket);
  subscribe("net.server.socket", onSocket);
  // Only one of those that come at once is begun at once.
  const clients = Array.from({ length: 8 }, () => net.connect(fixture.port, fixture.host));
  for (const client of clients) {
    client.on("error", () => {});
    client.write(Buffer.concat([Buffer.from(`${head}\r\n${framing}\r\n\r\n`), part, part]));
  }
  const taken = () => accepted.filter(({ localPort }) => localPort === fixture.port).map(({ bytesRead }) => bytesRead);
  // On a busy machine the first bytes take longer than many turns of the event loop.
  while (taken().length < clients.length || Math.min(...taken()) < piece.length) await turn();
  unsubscribe("net.server.socket", onSocket);
  await Promise.all(clients.map((client) => writeAll(client, part, times)));
  expect(Math.max(...taken())).toBeLessThan(1024 * 1024);
  letGo();
  for (const client of clients) client.destroy();
  await fixture.server.close();
});
