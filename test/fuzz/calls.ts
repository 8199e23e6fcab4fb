import http2 from "node:http2";
import { jsonCalls } from "./json-bodies.ts";
import { createLanes, type Framed } from "./lanes.ts";
import { pathOf, restOf, type Sent } from "./methods.ts";
import { binaryCalls } from "./protobuf-bodies.ts";
import { type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, each, type Target } from "./target.ts";

/** Well-framed calls of an admin with any body, so that bodies get as far as they can. */
export function createCallTargets(service: FuzzedService): readonly Target[] {
  const ask = createLanes(service, 64);
  const authorization = `Bearer ${service.server.adminToken}`;

  const framed = (verb: string, path: string, type: string, body: Uint8Array): Framed => ({
    verb,
    path,
    headers: [
      ["authorization", authorization],
      ["content-type", type],
    ],
    body,
  });

  async function call(requests: readonly Framed[]): Promise<void> {
    requireFair((await ask(requests)).map(({ status }) => status));
  }

  return [
    defineTarget({
      name: "json",
      share: 8,
      atOnce: 256,
      input: jsonCalls,
      check: (calls) =>
        call(
          calls.map(({ method, bytes, isRest }) => {
            const bound = isRest ? restOf(method) : undefined;
            return framed(bound?.verb ?? "POST", bound?.path ?? pathOf(method), "application/json", bytes);
          }),
        ),
    }),
    defineTarget({
      name: "protobuf",
      share: 4,
      atOnce: 256,
      input: binaryCalls,
      check: (calls) =>
        call(calls.map(({ method, bytes }) => framed("POST", pathOf(method), "application/proto", bytes))),
    }),
    defineTarget({
      name: "grpc",
      share: 3,
      atOnce: 64,
      input: binaryCalls,
      check: each(createGrpcCheck(service, authorization)),
    }),
  ];
}
/** Codes that blame the service: UNKNOWN, INTERNAL, DATA_LOSS. */
const unfairCodes = ["2", "13", "15"];

function createGrpcCheck(service: FuzzedService, authorization: string): (sent: Sent) => Promise<void> {
  let session: http2.ClientHttp2Session | undefined;
  const connect = () => {
    if (session === undefined || session.destroyed || session.closed) {
      session = http2.connect(service.server.url);
      session.on("error", () => {});
      session.unref();
    }
    return session;
  };
  return ({ method: each, bytes }) => {
    const envelope = Buffer.alloc(5);
    envelope.writeUInt32BE(bytes.length, 1);
    return new Promise((resolve, reject) => {
      const stream = connect().request({
        ...{
          ":method": "POST",
          ":path": pathOf(each),
          "content-type": "application/grpc",
          te: "trailers",
          authorization,
        },
      });
      let code: unknown;
      const look = (headers: http2.IncomingHttpHeaders) => {
        code = headers["grpc-status"] ?? code;
      };
      stream.on("response", look).on("trailers", look).resume();
      stream.once("error", reject);
      stream.once("close", () => {
        if (unfairCodes.includes(String(code))) reject(new Error(`the service answered with the code ${String(code)}`));
        else resolve();
      });
      stream.end(Buffer.concat([envelope, bytes]));
    });
  };
}
