/**
 * The yardstick for gRPC: the same services, guarded the same way, on stock `connectNodeAdapter` over HTTP/2. Takes the
 * data directory of a stopped service. Prints its port.
 */
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { readConfig } from "../src/config.ts";
import type { Caller } from "../src/identity/caller.ts";
import { setCall } from "../src/rpc/call.ts";
import { assemble, openCore } from "../src/server.ts";

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
const { services, authenticator } = assemble(config, core);
const callers = new WeakMap<object, Caller>();

const handler = connectNodeAdapter({
  routes: (router) => {
    for (const { service, implementation } of services) router.service(service, implementation);
  },
  contextValues: (request) => {
    const values = createContextValues();
    const caller = callers.get(request);
    if (caller !== undefined) setCall(values, { caller, requestId: "bench", peer: "127.0.0.1" });
    return values;
  },
});

const server = http2.createServer(async (request, response) => {
  callers.set(request, await authenticator.authenticate(request.headers.authorization, "127.0.0.1"));
  handler(request, response);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
