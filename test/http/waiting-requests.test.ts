import { once } from "node:events";
import net from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Fixture, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";

let fixture: Fixture;
const sockets: net.Socket[] = [];

beforeEach(async () => {
  fixture = await startServer({ userOf: (authorization) => authorization });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fixture.server.close();
});

function requestOn(stream: number): Buffer {
  const headers = headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/secret.v1.SecretService/EncryptValue"],
    [":authority", "x"],
    ["content-type", "application/json"],
    ["authorization", `Bearer ${token}`],
  ]);
  return Buffer.concat([
    frame(frameType.headers, flags.endHeaders, stream, headers),
    frame(frameType.data, flags.endStream, stream, Buffer.from('{"value":"x"}')),
  ]);
}

/** A connection over which nothing was asked yet. */
async function connect(): Promise<net.Socket> {
  const socket = net.connect(fixture.port, fixture.host);
  sockets.push(socket);
  socket.write(hello);
  await once(socket, "data");
  return socket;
}

/** The bodies of all responses to `count` requests that are sent at once. */
async function ask(socket: net.Socket, count: number): Promise<string[]> {
  const bodies = new Map<number, string>();
  socket.write(Buffer.concat(Array.from({ length: count }, (_, at) => requestOn(2 * at + 1))));
  let received: Buffer = Buffer.alloc(0);
  for (let open = count; open > 0; ) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    received = Buffer.concat([received, chunk]);
    while (received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
      const [first] = readFrames(received);
      if (first === undefined) break;
      received = received.subarray(9 + first.payload.length);
      if (first.type === frameType.rstStream) throw new Error(`stream ${first.stream} was reset`);
      if (first.type !== frameType.data) continue;
      bodies.set(first.stream, `${bodies.get(first.stream) ?? ""}${first.payload.toString()}`);
      if ((first.flags & flags.endStream) !== 0) open -= 1;
    }
  }
  return [...bodies.values()];
}

test("threat 254: a user with more requests than may wait gets a response to each of them", async () => {
  const connections = await Promise.all(Array.from({ length: 7 }, connect));
  const bodies = (await Promise.all(connections.map((socket) => ask(socket, 100)))).flat();
  expect(bodies).toHaveLength(700);
  // They wait for their turn first, and then for memory.
  const refused = bodies.filter((body) => body.includes("too many of your"));
  expect(refused.filter((body) => body.includes("requests wait for their turn")).length).toBeGreaterThan(0);
  expect(fixture.calls).toHaveLength(700 - refused.length);
  // The next one is not held up by those before.
  expect(await Promise.all([ask(await connect(), 100)])).toHaveLength(1);
});
