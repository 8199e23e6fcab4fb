/**
 * The yardstick for gRPC: the same services, guarded the same way, with the same headers in their answers, on stock
 * `connectNodeAdapter` over HTTP/2. Takes the data directory of a stopped service. Prints its port.
 */
import { randomUUID } from "node:crypto";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { readConfig } from "../src/config/config.ts";
import { type Call, setCall } from "../src/http/call/call.ts";
import { assemble } from "../src/service/assemble.ts";
import { openCore } from "../src/service/core.ts";

const config = readConfig(process.env, {
  store: undefined,
  dataDir: process.argv[2],
  listen: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  auditSync: undefined,
  reflection: "off",
});
const core = await openCore(config, Date.now);
const { services, authenticator } = assemble({ config, core, monotonicMs: () => performance.now() });
const calls = new WeakMap<object, Call>();

const handler = connectNodeAdapter({
  routes: (router) => {
    for (const { service, implementation } of services) router.service(service, implementation);
  },
  contextValues: (request) => {
    const values = createContextValues();
    const call = calls.get(request);
    if (call !== undefined) setCall(values, call);
    return values;
  },
});

const server = http2.createServer(async (request, response) => {
  const requestId = randomUUID();
  const peer = "127.0.0.1";
  const caller = await authenticator.authenticate(request.headers.authorization, peer);
  calls.set(request, { caller, requestId, peer });
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-request-id", requestId);
  handler(request, response);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
