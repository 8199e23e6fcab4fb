import { once } from "node:events";
import http2 from "node:http2";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** One request with any body, over HTTP/1.1; answers everything that came back, as text. */
export async function rawFetch(
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string | Uint8Array },
): Promise<{ readonly status: number; readonly all: string }> {
  const { body, ...rest } = init;
  const response = await fetch(url, body === undefined ? rest : { ...rest, body: Buffer.from(body) });
  const bytes = Buffer.from(await response.arrayBuffer());
  const headers = [...response.headers].map((pair) => pair.join(": ")).join("\n");
  return { status: response.status, all: `${response.status}\n${headers}\n${bytes.toString("latin1")}` };
}

/** One gRPC message with any bytes, over HTTP/2; answers everything that came back, as text. */
export async function rawGrpc(url: string, path: string, token: string, message: Uint8Array): Promise<string> {
  const session = http2.connect(url);
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    authorization: `Bearer ${token}`,
  });
  const seen: object[] = [];
  stream.on("response", (headers) => seen.push(headers));
  stream.on("trailers", (headers) => seen.push(headers));
  stream.end(framed(message));
  const body: Buffer[] = [];
  for await (const chunk of stream) body.push(chunk);
  session.close();
  return `${JSON.stringify(seen)}\n${Buffer.concat(body).toString("latin1")}`;
}

/** The five bytes in front of a message of gRPC and gRPC-Web. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Sends bytes that need not be HTTP; answers what came back until the service closed the connection. */
export async function rawBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.end(bytes, "latin1");
  return text(socket);
}
