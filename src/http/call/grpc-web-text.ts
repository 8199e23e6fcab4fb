import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { invalidBody } from "./refusal.ts";

/**
 * gRPC-Web in base64, which the official generator uses by default: a browser can then read a stream while it comes,
 * with the oldest of its interfaces.
 */
export const textContentType = "application/grpc-web-text+proto";
const binaryContentType = "application/grpc-web+proto";

export function isText(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith("application/grpc-web-text") === true;
}

/** The length of so many bytes in base64. */
export function textLength(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

export function encodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Each part of a body may have been encoded by itself, so that padding occurs before the end. */
export function decodeText(text: string): Buffer {
  const parts = text.match(/[^=]+/g) ?? [];
  const decoded = parts.map((part) => {
    const bytes = Buffer.from(part, "base64");
    // Node ignores characters that are not base64.
    const isValid = part.length % 4 !== 1 && bytes.length === Math.floor((part.length * 3) / 4);
    if (!isValid) throw invalidBody("the body is not valid base64");
    return bytes;
  });
  const [only] = decoded;
  return decoded.length === 1 && only !== undefined ? only : Buffer.concat(decoded);
}

/** Decodes the body of a stream. A chunk may end anywhere. */
export async function* decodeChunks(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + Buffer.from(chunk).toString("latin1");
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    if (whole > 0) yield decodeText(text.slice(0, whole));
  }
  if (rest !== "") yield decodeText(rest);
}

/** Encodes the response of a stream, each message by itself: the client reads it when it comes. */
export function toText(answer: UniversalServerResponse): UniversalServerResponse {
  const header = new Headers(answer.header);
  if (header.get("content-type") === binaryContentType) header.set("content-type", textContentType);
  return answer.body === undefined ? { ...answer, header } : { ...answer, header, body: encodeChunks(answer.body) };
}

async function* encodeChunks(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) yield Buffer.from(encodeText(chunk), "latin1");
}

/** Has the handler read a request in base64 as one in binary. */
export function asBinary(headers: { "content-type"?: string | undefined }): void {
  headers["content-type"] = binaryContentType;
}
