/** Types of frames. */
export const frame = { data: 0, headers: 1, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
export const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;
const largestWindow = 0x7fff_ffff;
export const frameHeaderBytes = 9;

/** Preface, and windows so large that no flow control is needed for the length of a run. */
export function connectionStart(): Buffer {
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

/** Headers and message of a call on stream 1. */
export function requestFrames(to: { url: string; path: string; token: string }, message: Uint8Array): Buffer {
  const headers = Buffer.concat([
    literal(":method", "POST"),
    literal(":scheme", "http"),
    literal(":path", to.path),
    literal(":authority", new URL(to.url).host),
    literal("content-type", "application/grpc"),
    literal("te", "trailers"),
    literal("authorization", `Bearer ${to.token}`),
  ]);
  const envelope = Buffer.concat([Buffer.alloc(5), message]);
  envelope.writeUInt32BE(message.length, 1);
  const head = frameOf(frame.headers, flag.endHeaders, 1, headers);
  return Buffer.concat([head, frameOf(frame.data, flag.endStream, 1, envelope)]);
}

/** A copy of what `requestFrames` made, on another stream. Calls differ in nothing else. */
export function onStream(request: Buffer, stream: number): Buffer {
  const frames = Buffer.from(request);
  const headersBytes = frameHeaderBytes + frames.readUIntBE(0, 3);
  frames.writeUInt32BE(stream, 5);
  frames.writeUInt32BE(stream, headersBytes + 5);
  return frames;
}

/** One frame of HTTP/2. */
export function frameOf(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
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
