import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface GrpcLoad {
  readonly url: string;
  readonly path: string;
  readonly token: string;
  /** The request message, encoded. */
  readonly message: Uint8Array;
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly inFlight: number;
  readonly durationMs: number;
}

const frame = { data: 0, headers: 1, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;
const largestWindow = 0x7fff_ffff;
const frameHeaderBytes = 9;

/**
 * Unary gRPC calls. Frames are written and read by hand: a client library,
 * `node:http2` among them, takes more time for a call than the server that is measured, and the two share the machine.
 * A call counts when its stream has ended and brought a message. Gives calls per second.
 */
export async function grpcLoad(load: GrpcLoad): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + load.durationMs;
  const calls = await Promise.all(Array.from({ length: load.connections }, () => callOnOneConnection(load, endsAt)));
  const seconds = (performance.now() - startedAt) / 1000;
  return calls.reduce((sum, each) => sum + each, 0) / seconds;
}

async function callOnOneConnection(load: GrpcLoad, endsAt: number): Promise<number> {
  const { hostname, port } = new URL(load.url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, "connect");
  socket.write(connectionStart());
  const calls = await makeCalls(socket, load, endsAt);
  socket.destroy();
  return calls;
}

function makeCalls(socket: Socket, load: GrpcLoad, endsAt: number): Promise<number> {
  const request = requestFrames(load);
  const hasMessage = new Set<number>();
  let nextStream = 1;
  let inFlight = 0;
  let calls = 0;
  let unread: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  function start(): void {
    if (performance.now() >= endsAt) return;
    socket.write(request(nextStream));
    nextStream += 2;
    inFlight += 1;
  }

  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server closed the connection")));
    socket.on("data", (chunk: Buffer) => {
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      socket.cork();
      while (unread.length >= frameHeaderBytes) {
        const length = unread.readUIntBE(0, 3);
        if (unread.length < frameHeaderBytes + length) break;
        const [type = 0, flags = 0] = unread.subarray(3, 5);
        const stream = unread.readUInt32BE(5);
        const payload = unread.subarray(frameHeaderBytes, frameHeaderBytes + length);
        unread = unread.subarray(frameHeaderBytes + length);
        if (type === frame.goAway) reject(new Error("the server refuses more calls"));
        if (type === frame.settings && (flags & flag.ack) === 0) socket.write(frameOf(frame.settings, flag.ack, 0));
        if (type === frame.ping && (flags & flag.ack) === 0) socket.write(frameOf(frame.ping, flag.ack, 0, payload));
        if (type === frame.data && length > 5) hasMessage.add(stream);
        if ((type !== frame.data && type !== frame.headers) || (flags & flag.endStream) === 0) continue;
        if (!hasMessage.delete(stream)) reject(new Error("a call was answered without a message"));
        inFlight -= 1;
        calls += 1;
        start();
      }
      socket.uncork();
      if (inFlight === 0) resolve(calls);
    });
    for (let call = 0; call < load.inFlight; call += 1) start();
  });
}

/** Preface, and windows so large that no flow control is needed for the length of a run. */
function connectionStart(): Buffer {
  const initialWindow = Buffer.alloc(6);
  initialWindow.writeUInt16BE(4);
  initialWindow.writeUInt32BE(largestWindow, 2);
  const increment = Buffer.alloc(4);
  increment.writeUInt32BE(largestWindow - 65_535);
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frameOf(frame.settings, 0, 0, initialWindow),
    frameOf(frame.windowUpdate, 0, 0, increment),
  ]);
}

/** All calls are alike but for the number of their stream. */
function requestFrames({ url, path, token, message }: GrpcLoad): (stream: number) => Buffer {
  const headers = Buffer.concat([
    literal(":method", "POST"),
    literal(":scheme", "http"),
    literal(":path", path),
    literal(":authority", new URL(url).host),
    literal("content-type", "application/grpc"),
    literal("te", "trailers"),
    literal("authorization", `Bearer ${token}`),
  ]);
  const envelope = Buffer.concat([Buffer.alloc(5), message]);
  envelope.writeUInt32BE(message.length, 1);
  const head = frameOf(frame.headers, flag.endHeaders, 1, headers);
  const template = Buffer.concat([head, frameOf(frame.data, flag.endStream, 1, envelope)]);
  return (stream) => {
    const frames = Buffer.from(template);
    frames.writeUInt32BE(stream, 5);
    frames.writeUInt32BE(stream, head.length + 5);
    return frames;
  };
}

function frameOf(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(frameHeaderBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header field in HPACK, not indexed and not compressed; shorter than 127 bytes. */
function literal(name: string, value: string): Buffer {
  if (name.length >= 127 || value.length >= 127) throw new RangeError("the header is too long for this encoding");
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}
