import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeEach, expect, test } from "vitest";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { type SecretChange, SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import {
  type BehindProxy,
  callThrough,
  type ProxyProgram,
  startBehindProxy,
} from "../support/programs/behind-proxy.ts";
import { needDebianProgram } from "../support/programs/debian-program.ts";

/** Addresses of clients: each is one of this machine, and none is a listed proxy. */
const alice = "127.0.0.77";
const mallory = "127.0.0.66";

/** What has to work through any proxy. `hasGrpc` is false for one that speaks only HTTP/1.1 to the service. */
export function testBehindProxy(
  options: ProxyProgram,
  { hasGrpc = true, forges = true }: { readonly hasGrpc?: boolean; readonly forges?: boolean } = {},
): void {
  let behind: BehindProxy;
  let isStarted = false;
  // Not before all: only a test can be skipped.
  beforeEach(async (context) => {
    if (isStarted) return;
    behind = await startBehindProxy(options, await needDebianProgram(context, options.program));
    isStarted = true;
  });
  afterAll(() => (isStarted ? behind.stop() : undefined));

  const bearer = () => ({ authorization: `Bearer ${behind.adminToken}` });
  const withToken: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${behind.adminToken}`);
    return next(request);
  };
  const transports: Record<string, () => Transport> = {
    "Connect over HTTP/1.1": () => createConnectTransport({ ...shared(), httpVersion: "1.1" }),
    "gRPC-Web over HTTP/1.1": () => createGrpcWebTransport({ ...shared(), httpVersion: "1.1" }),
    ...(hasGrpc
      ? {
          "Connect over HTTP/2": () => createConnectTransport({ ...shared(), httpVersion: "2" }),
          gRPC: () => createGrpcTransport(shared()),
        }
      : {}),
  };
  const shared = () => ({
    baseUrl: behind.url,
    interceptors: [withToken],
    nodeOptions: { ca: behind.ca, localAddress: alice },
  });

  test("JSON over HTTP works, and the audit log has the address of the client", async () => {
    const forged = forges ? { "x-forwarded-for": "6.6.6.6", forwarded: "for=6.6.6.6" } : {};
    const headers = { ...bearer(), ...forged, "content-type": "application/json" };
    const body = JSON.stringify({ secrets: [{ key: "proxy/json", value: "v" }] });
    const saved = await callThrough(behind, "/secret-svc/secrets", { from: alice, verb: "PUT", body, headers });
    expect(saved.status, saved.text).toBe(200);
    const audit = createClient(AuditService, createConnectTransport({ ...shared(), httpVersion: "1.1" }));
    const { events } = await audit.listAuditEvents({ key: "proxy/json" });
    expect(events.map(({ action, peer }) => `${action} ${peer}`)).toEqual([`secret.save ${alice}`]);
  });

  test.each(Object.keys(transports))("%s works, with requests of almost 4 MiB", async (name) => {
    const client = clientOf(name);
    const secrets = Array.from({ length: 58 }, (_, at) => ({ key: `proxy/large-${at}`, value: "x".repeat(65_000) }));
    await client.saveSecrets({ secrets });
    expect((await client.listSecrets({ keys: ["proxy/large-7"] })).secrets).toMatchObject([{ key: "proxy/large-7" }]);
  });

  test.each(Object.keys(transports))("fault C8: a watch over %s gets each change at once", async (name) => {
    const client = clientOf(name);
    const stopped = new AbortController();
    const watch = client.watchSecrets({ keys: ["proxy/watched"] }, { signal: stopped.signal })[Symbol.asyncIterator]();
    expect((await watch.next()).value?.change).toBeUndefined();
    for (const value of ["one", "two"]) {
      await client.saveSecrets({ secrets: [{ key: "proxy/watched", value: `${name} ${value}` }] });
      let change: SecretChange | undefined;
      while (change === undefined) change = (await watch.next()).value?.change;
      expect(change.key).toBe("proxy/watched");
    }
    stopped.abort();
  });

  test("fault A4: bad tokens of one client limit that client only, and no good token", async () => {
    const status = async (from: string, authorization: string) =>
      (await callThrough(behind, "/secret-svc/whoami", { from, headers: { authorization } })).status;
    const bad = `Bearer oo_${"A".repeat(43)}`;
    for (let at = 0; at < 5; at += 1) expect(await status(mallory, bad)).toBe(401);
    expect(await status(mallory, bad)).toBe(429);
    expect(await status(alice, bad)).toBe(401);
    expect(await status(mallory, bearer().authorization)).toBe(200);
  });

  function clientOf(name: string): Client<typeof SecretService> {
    const make = transports[name];
    if (make === undefined) throw new Error(`there is no transport ${name}`);
    return createClient(SecretService, make());
  }
}
