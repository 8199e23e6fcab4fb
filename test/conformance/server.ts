/**
 * Run by `connectconformance` once for each kind of server: reads what to be from stdin, and writes where it listens.
 */
import { readFileSync } from "node:fs";
import { create, createFileRegistry, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema } from "../../gen/secret/v1/error_pb.ts";
import { toConnectError } from "../../src/http/call/error.ts";
import { serveService } from "../../src/http/call/service.ts";
import { createHttpServer } from "../../src/http/connection/server.ts";
import { findMessage } from "./echo.ts";
import type { ServerCompatRequest } from "./messages.ts";
import { createConformanceService } from "./service.ts";

const [image = ""] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
const service = registry.getService("connectrpc.conformance.v1.ConformanceService");
if (service === undefined) throw new Error("the suite has no service");

const request = await readRequest();
const limit = request.messageReceiveLimit > 0 ? request.messageReceiveLimit : 4 * 1024 * 1024;
const tls =
  request.useTls && request.serverCreds !== undefined
    ? { tls: { cert: Buffer.from(request.serverCreds.cert), key: Buffer.from(request.serverCreds.key) } }
    : {};
const server = createHttpServer({
  services: [serveService(service, createConformanceService(registry, service), { isPublic: true })],
  authenticate() {
    throw new Error("every method of the suite is public");
  },
  probes: {},
  log: ({ message, error }) => process.stderr.write(`${message}: ${error}\n`),
  limits: { requestBytes: limit, anonymousRequestBytes: limit },
  jsonTypes: { registry },
  describeError: withoutOurDetails,
  ...tls,
});
const { host, port } = await server.listen("127.0.0.1", 0);
const pemCert = request.serverCreds?.cert ?? new Uint8Array();
const response = findMessage(registry, "connectrpc.conformance.v1.ServerCompatResponse");
const bytes = toBinary(response, create(response, { host, port, pemCert } as Record<string, unknown>));
const length = Buffer.alloc(4);
length.writeUInt32BE(bytes.length);
process.stdout.write(Buffer.concat([length, bytes]));
process.on("SIGTERM", () => process.exit(0));

/** Every refusal of this service has a detail of its own contract, which the suite cannot know. */
function withoutOurDetails(error: unknown): ConnectError {
  const shown = toConnectError(error);
  shown.details = shown.details.filter(
    (detail) => !("desc" in detail && detail.desc.typeName === ErrorDetailSchema.typeName),
  );
  return shown;
}

async function readRequest(): Promise<ServerCompatRequest> {
  let received = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) break;
  }
  const message = findMessage(registry, "connectrpc.conformance.v1.ServerCompatRequest");
  return fromBinary(message, received.subarray(4, 4 + received.readUInt32BE(0))) as Message & ServerCompatRequest;
}
