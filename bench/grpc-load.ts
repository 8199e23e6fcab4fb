import http2, { type ClientHttp2Session } from "node:http2";

export interface GrpcLoad {
  readonly url: string;
  readonly path: string;
  readonly token: string;
  /** The request message, encoded. */
  readonly message: Uint8Array;
  readonly connections: number;
  readonly durationMs: number;
}

/**
 * Unary gRPC calls, one at a time on each connection, from raw `node:http2`: a real gRPC client would cost more than the
 * server that is measured. Every answer's status is checked. Gives calls per second.
 */
export async function grpcLoad(load: GrpcLoad): Promise<number> {
  const frame = Buffer.concat([Buffer.alloc(5), load.message]);
  frame.writeUInt32BE(load.message.length, 1);
  const sessions = Array.from({ length: load.connections }, () => http2.connect(load.url));
  const startedAt = performance.now();
  const endsAt = startedAt + load.durationMs;
  let calls = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() < endsAt) {
        await call(session, load, frame);
        calls += 1;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const session of sessions) session.close();
  return calls / seconds;
}

function call(session: ClientHttp2Session, { path, token }: GrpcLoad, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      authorization: `Bearer ${token}`,
    });
    let bytes = 0;
    let status: unknown;
    stream.on("response", (headers) => {
      status = headers["grpc-status"];
    });
    stream.on("trailers", (headers) => {
      status = headers["grpc-status"];
    });
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.on("error", reject);
    stream.on("close", () => {
      if (status === "0" && bytes > 5) resolve();
      else reject(new Error(`grpc-status ${String(status)} after ${bytes} bytes`));
    });
    stream.end(frame);
  });
}
