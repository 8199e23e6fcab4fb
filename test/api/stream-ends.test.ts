import { once } from "node:events";
import http2 from "node:http2";
import { Code } from "@connectrpc/connect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";

let service: TestService;
let isStopped = false;
beforeEach(async () => {
  service = await startService(connectJson);
  isStopped = false;
});
afterEach(() => (isStopped ? undefined : service.stop()));

const stop = async () => {
  isStopped = true;
  await service.stop();
};

const paths = ["/secret.v1.SecretService/WatchSecrets", "/grpc.health.v1.Health/Watch"];

/** A stream of a client that knows no deadline of its own: its end is what the service makes of it. */
function openGrpc(path: string, headers: Readonly<Record<string, string>>) {
  const session = http2.connect(service.url);
  session.on("error", () => {});
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    authorization: `Bearer ${service.admin.token}`,
    ...headers,
  });
  stream.on("error", () => {});
  stream.resume();
  stream.end(Buffer.alloc(5));
  const status = once(stream, "trailers").then(([trailers]) => Number(trailers["grpc-status"]));
  const started = once(stream, "response");
  return { started, status: status.finally(() => session.destroy()) };
}

/** The error in the last message of a stream over Connect. */
async function endOfConnect(path: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(service.url + path, {
    method: "POST",
    headers: {
      "content-type": "application/connect+json",
      "connect-protocol-version": "1",
      authorization: `Bearer ${service.admin.token}`,
      ...headers,
    },
    body: Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]),
  });
  const text = Buffer.from(await response.arrayBuffer()).toString("utf8");
  return /"error":\{"code":"(\w+)"/.exec(text)?.[1];
}

it.each(paths)("fault C7: %s ends with DEADLINE_EXCEEDED at its deadline", async (path) => {
  expect(await openGrpc(path, { "grpc-timeout": "200m" }).status).toBe(Code.DeadlineExceeded);
  expect(await endOfConnect(path, { "connect-timeout-ms": "200" })).toBe("deadline_exceeded");
});

it.each(paths)("fault C7: %s ends with UNAVAILABLE when the service stops", async (path) => {
  const grpc = openGrpc(path, {});
  await grpc.started;
  await stop();
  expect(await grpc.status).toBe(Code.Unavailable);
});

it("fault C7: so does a watch over HTTP/1.1", async () => {
  const watches = paths.map((path) => endOfConnect(path, {}));
  const audits = () => service.admin.audit.listAuditEvents({ action: "secret.watch" });
  await expect.poll(async () => (await audits()).events.length, { timeout: 10_000 }).toBe(1);
  await stop();
  expect(await Promise.all(watches)).toEqual(["unavailable", "unavailable"]);
});
