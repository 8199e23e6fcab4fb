import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connectionStart, flag, frame, frameHeaderBytes, frameOf, onStream, requestFrames } from "./http2-frames.ts";
import { type Measured, type Stopwatch, startStopwatch } from "./measured.ts";

/** Before each message in gRPC: flags and length. */
const envelopeBytes = 5;

export interface GrpcLoad {
  readonly url: string;
  /** The path of the method, such as `/secret.v1.SecretService/ListSecrets`. */
  readonly path: string;
  readonly token: string;
  /** The encoded messages that one of the calls in flight sends in turn. */
  readonly messagesOf: (slot: number) => readonly Uint8Array[];
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly inFlight: number;
  readonly durationMs: number;
}

/**
 * Makes unary gRPC calls. Frames are written and read by hand: client libraries, including `node:http2`, take more time
 * for a call than the server that is measured, and the two share the machine. A call counts when its stream has ended
 * and has brought a message.
 */
export async function grpcLoad(load: GrpcLoad): Promise<Measured> {
  const stopwatch = startStopwatch();
  const endsAt = performance.now() + load.durationMs;
  const connections = Array.from({ length: load.connections }, (_, at) => at * load.inFlight);
  await Promise.all(connections.map((firstSlot) => callOnOneConnection({ load, firstSlot, endsAt, stopwatch })));
  return stopwatch.result();
}

interface OneConnection {
  readonly load: GrpcLoad;
  readonly firstSlot: number;
  readonly endsAt: number;
  readonly stopwatch: Stopwatch;
}

async function callOnOneConnection(connection: OneConnection): Promise<void> {
  const { load } = connection;
  const { hostname, port } = new URL(load.url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, "connect");
  socket.write(connectionStart());
  await makeCalls(socket, connection);
  socket.destroy();
}

interface CallInFlight {
  readonly startedAt: number;
  readonly next: () => Buffer;
  hasMessage: boolean;
}

function makeCalls(socket: Socket, { load, firstSlot, endsAt, stopwatch }: OneConnection): Promise<void> {
  const inFlight = new Map<number, CallInFlight>();
  let nextStream = 1;
  let unread: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  function start(next: () => Buffer): void {
    const startedAt = performance.now();
    if (startedAt >= endsAt) return;
    socket.write(onStream(next(), nextStream));
    inFlight.set(nextStream, { startedAt, next, hasMessage: false });
    nextStream += 2;
  }

  function end(stream: number): void {
    const call = inFlight.get(stream);
    if (call?.hasMessage !== true) throw new Error("a call was answered without a message");
    inFlight.delete(stream);
    stopwatch.count(performance.now() - call.startedAt);
    start(call.next);
  }

  /** Handles one frame. Throws when the server ends the connection or a call fails. */
  function take(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === frame.goAway) throw new Error("the server refuses more calls");
    const isAck = (flags & flag.ack) !== 0;
    if (type === frame.settings && !isAck) socket.write(frameOf(frame.settings, flag.ack, 0));
    if (type === frame.ping && !isAck) socket.write(frameOf(frame.ping, flag.ack, 0, payload));
    const call = inFlight.get(stream);
    if (call !== undefined && type === frame.data && payload.length > envelopeBytes) call.hasMessage = true;
    if ((type === frame.data || type === frame.headers) && (flags & flag.endStream) !== 0) end(stream);
  }

  function takeAll(chunk: Buffer): void {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    while (unread.length >= frameHeaderBytes) {
      const length = unread.readUIntBE(0, 3);
      if (unread.length < frameHeaderBytes + length) break;
      const [type = 0, flags = 0] = unread.subarray(3, 5);
      const stream = unread.readUInt32BE(5);
      const payload = unread.subarray(frameHeaderBytes, frameHeaderBytes + length);
      unread = unread.subarray(frameHeaderBytes + length);
      take(type, flags, stream, payload);
    }
  }

  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server closed the connection")));
    socket.on("data", (chunk: Buffer) => {
      socket.cork();
      try {
        takeAll(chunk);
      } catch (error) {
        reject(error);
      }
      socket.uncork();
      if (inFlight.size === 0) resolve();
    });
    for (let slot = 0; slot < load.inFlight; slot += 1) start(inTurn(load, firstSlot + slot));
  });
}

/** The frames of a slot's messages, over and over. */
function inTurn(load: GrpcLoad, slot: number): () => Buffer {
  const frames = load.messagesOf(slot).map((message) => requestFrames(load, message));
  let at = -1;
  return () => {
    at = (at + 1) % frames.length;
    return frames[at] ?? Buffer.alloc(0);
  };
}
