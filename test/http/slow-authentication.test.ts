import { setImmediate } from "node:timers/promises";
import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { authenticate, type Fixture, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer({
    // As with a store that is asked over the network: the whole request has arrived long before.
    async authenticate(authorization) {
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
      return authenticate(authorization);
    },
  });
});
afterAll(() => fixture.server.close());

const sendToken: Interceptor = (next) => (request) => {
  request.header.set("authorization", `Bearer ${token}`);
  return next(request);
};

const options = () => ({ baseUrl: fixture.url, interceptors: [sendToken] });
const transports: readonly (readonly [string, () => Transport])[] = [
  ["Connect binary h2", () => createConnectTransport({ ...options(), httpVersion: "2", useBinaryFormat: true })],
  ["Connect binary", () => createConnectTransport({ ...options(), httpVersion: "1.1", useBinaryFormat: true })],
  ["Connect JSON h2", () => createConnectTransport({ ...options(), httpVersion: "2" })],
  ["gRPC", () => createGrpcTransport(options())],
];

test.each(transports)(
  "%s: an empty body is read although it ended before the caller was known",
  async (_name, make) => {
    const secrets = createClient(SecretService, make());
    for (const key of ["", "A"]) {
      expect((await secrets.listSecrets(key === "" ? {} : { keys: [key] })).missingKeys).toBeDefined();
    }
  },
);
