import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";

/** SETTINGS_INITIAL_WINDOW_SIZE: how many bytes of each response the peer may send before it is asked for more. */
export function windowOf(bytes: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(4, 0);
  payload.writeUInt32BE(bytes, 2);
  return frame(frameType.settings, 0, 0, payload);
}

/** WINDOW_UPDATE of the whole connection. */
export function roomOnConnection(bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(8, 0, 0, payload);
}

export const largestWindow = 0x7fff_0000;

export function headersOf(method: string, token: string, type = "application/json"): Buffer {
  return headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", method],
    [":authority", "x"],
    ["content-type", type],
    ["authorization", `Bearer ${token}`],
  ]);
}

/** A whole request on a stream of HTTP/2. */
export function request2(stream: number, method: string, token: string, body: string, type?: string): Buffer {
  return Buffer.concat([
    frame(frameType.headers, flags.endHeaders, stream, headersOf(method, token, type)),
    frame(frameType.data, flags.endStream, stream, Buffer.from(body)),
  ]);
}

/** The headers of a request whose body is still to come. */
export function openRequest2(stream: number, method: string, token: string): Buffer {
  return frame(frameType.headers, flags.endHeaders, stream, headersOf(method, token));
}

/** Preface, and SETTINGS with a window of no bytes: nothing of a body may be sent. */
export const helloWithoutWindow = Buffer.concat([hello, windowOf(0)]);

/** A request of HTTP/1.1. */
export function request1(method: string, token: string, body: string): string {
  return `${head1(method, token, `content-length: ${Buffer.byteLength(body)}`)}${body}`;
}

export function head1(method: string, token: string, more: string): string {
  const head = `POST ${method} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
  return `${head}${more}\r\n\r\n`;
}
