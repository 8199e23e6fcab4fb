import http2 from "node:http2";
import { createGzip } from "node:zlib";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { type Fixture, token } from "./fixture.ts";

/** Lists with a message in an envelope of the given flag; answers the gRPC status. */
export async function callGrpc(
  fixture: Fixture,
  message: Uint8Array,
  flag: number,
  encoding: string | undefined,
): Promise<string | undefined> {
  const session = http2.connect(fixture.url);
  const stream = session.request({
    ":method": "POST",
    ":path": "/secret.v1.SecretService/ListSecrets",
    "content-type": "application/grpc",
    authorization: `Bearer ${token}`,
    ...(encoding === undefined ? {} : { "grpc-encoding": encoding }),
  });
  stream.end(encodeEnvelope(flag, message as Uint8Array<ArrayBuffer>));
  const status = new Promise<string | undefined>((resolve) => {
    stream.once("response", (headers) => {
      if (headers["grpc-status"] !== undefined) resolve(headers["grpc-status"] as string);
    });
    stream.once("trailers", (trailers) => resolve(trailers["grpc-status"] as string));
    stream.once("close", () => resolve(`none, reset with ${stream.rstCode}`));
  });
  stream.resume();
  const found = await status;
  session.close();
  return found;
}

/** Gzip of `megabytes` of zeros, made without holding them. */
export async function gzipBomb(megabytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const chunks: Buffer[] = [];
  gzip.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => gzip.once("end", resolve));
  const block = Buffer.alloc(1024 * 1024);
  for (let written = 0; written < megabytes; written++) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once("drain", resolve));
  }
  gzip.end();
  await ended;
  return Buffer.concat(chunks);
}
