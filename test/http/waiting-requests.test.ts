import net from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Fixture, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";
import { nextChunk } from "../support/http/next-chunk.ts";

let fixture: Fixture;
let codes: string[];
const sockets: net.Socket[] = [];

beforeEach(async () => {
  codes = [];
  fixture = await startServer({
    observe: ({ code }) => codes.push(code),
    userOf: (authorization) => authorization,
    // So much that none waits for it: what is refused here is refused because it would wait for its turn.
    memory: { callMemoryBytes: 512 * 1024 * 1024 },
  });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fixture.server.close();
});

function headersOn(stream: number): Buffer {
  const headers = headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/secret.v1.SecretService/EncryptValue"],
    [":authority", "x"],
    ["content-type", "application/json"],
    ["authorization", `Bearer ${token}`],
  ]);
  return frame(frameType.headers, flags.endHeaders, stream, headers);
}

/** A connection over which nothing was asked yet. */
async function connect(): Promise<net.Socket> {
  const socket = net.connect(fixture.port, fixture.host);
  sockets.push(socket);
  socket.write(hello);
  await nextChunk(socket);
  return socket;
}

const bodyOn = (stream: number) => frame(frameType.data, flags.endStream, stream, Buffer.from('{"value":"x"}'));

/** The bodies of all responses to `count` requests that are sent at once. Their bodies follow once all have come. */
async function ask(socket: net.Socket, count: number): Promise<string[]> {
  const bodies = new Map<number, string>();
  const streams = Array.from({ length: count }, (_, at) => 2 * at + 1);
  socket.write(Buffer.concat([...streams.map(headersOn), frame(frameType.ping, 0, 0, Buffer.alloc(8))]));
  let received: Buffer = Buffer.alloc(0);
  for (let open = count; open > 0; ) {
    const chunk = await nextChunk(socket);
    received = Buffer.concat([received, chunk]);
    while (received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
      const [first] = readFrames(received);
      if (first === undefined) break;
      received = received.subarray(9 + first.payload.length);
      // After its response, a stream whose body has not come is closed without an error.
      const isReset = first.type === frameType.rstStream && first.payload.readUInt32BE() !== 0;
      if (isReset) throw new Error(`stream ${first.stream} was reset`);
      if (first.type === frameType.ping) socket.write(Buffer.concat(streams.map(bodyOn)));
      if (first.type !== frameType.data) continue;
      bodies.set(first.stream, `${bodies.get(first.stream) ?? ""}${first.payload.toString()}`);
      if ((first.flags & flags.endStream) !== 0) open -= 1;
    }
  }
  return [...bodies.values()];
}

test("threat 254: a user with more requests than may wait gets a response to each of them", async () => {
  const connections = await Promise.all(Array.from({ length: 11 }, connect));
  const bodies = (await Promise.all(connections.map((socket) => ask(socket, 100)))).flat();
  expect(bodies).toHaveLength(1100);
  const refused = bodies.filter((body) => body.includes("too many of your requests wait for their turn"));
  expect(refused.length).toBeGreaterThan(256);
  expect(refused[0]).toContain("REASON_RATE_LIMITED");
  expect(codes.filter((code) => code === "resource_exhausted")).toHaveLength(refused.length);
  expect(fixture.calls).toHaveLength(1100 - refused.length);
  // The next one is not held up by those before.
  const next = await ask(await connect(), 100);
  expect(next).toHaveLength(100);
  expect(next.filter((body) => body.includes("too many"))).toEqual([]);
});
