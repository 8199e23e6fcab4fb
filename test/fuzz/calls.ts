import http from "node:http";
import http2 from "node:http2";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { jsonCalls } from "./json-bodies.ts";
import { pathOf, type Sent } from "./methods.ts";
import { binaryCalls } from "./protobuf-bodies.ts";
import { type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, type Target } from "./target.ts";

/** Well-framed calls of an admin with any body, so that bodies get as far as they can. */
export function createCallTargets(service: FuzzedService): readonly Target[] {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const rest = new Map(sampleRequests.map(({ rpc, path, method: verb }) => [rpc, { path, verb }]));
  const authorization = `Bearer ${service.server.adminToken}`;

  async function post(verb: string, path: string, type: string, bytes: Uint8Array): Promise<number> {
    const { host, port } = service;
    const headers = { authorization, "content-type": type, "content-length": bytes.length };
    return new Promise((resolve, reject) => {
      const request = http.request({ agent, host, port, method: verb, path, headers }, (response) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
        response.once("error", reject);
      });
      request.once("error", reject);
      request.end(bytes);
    });
  }

  return [
    defineTarget({
      name: "json",
      share: 12,
      atOnce: 32,
      input: jsonCalls,
      async check({ method, bytes, isRest }) {
        const bound = isRest ? rest.get(pathOf(method)) : undefined;
        requireFair([await post(bound?.verb ?? "POST", bound?.path ?? pathOf(method), "application/json", bytes)]);
      },
    }),
    defineTarget({
      name: "protobuf",
      share: 8,
      atOnce: 32,
      input: binaryCalls,
      check: async ({ method, bytes }) => requireFair([await post("POST", pathOf(method), "application/proto", bytes)]),
    }),
    defineTarget({
      name: "grpc",
      share: 4,
      atOnce: 32,
      input: binaryCalls,
      check: createGrpcCheck(service, authorization),
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
