import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { Code, ConnectError } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { afterEach, describe, expect, test } from "vitest";
import { ErrorDetailSchema, Reason } from "../../gen/secret/v1/error_pb.ts";
import { type ApiTransport, startService, type TestService } from "../support/api/fixture.ts";
import { sendToken } from "../support/api/in-memory-transport.ts";
import { connectBinary, connectJson, grpcWeb, rest } from "../support/api/transports.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { type Fixture, startServer } from "../support/http/fixture.ts";
import { nextChunk } from "../support/http/next-chunk.ts";

/** Unlike that of grpc-js, its errors have the metadata. */
const grpc: ApiTransport = {
  name: "gRPC over h2c",
  overHttp: true,
  open({ url }) {
    const sessionManager = new Http2SessionManager(url);
    return {
      as: (token) => createGrpcTransport({ baseUrl: url, sessionManager, interceptors: [sendToken(token)] }),
      close: () => sessionManager.abort(),
    };
  },
};

describe.each([rest, connectJson, connectBinary, grpc, grpcWeb])("over $name", (transport) => {
  let service: TestService | undefined;
  afterEach(() => service?.stop());

  const refusalOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (caught: unknown) => ConnectError.from(caught),
    );
    const reason = error?.findDetails(ErrorDetailSchema)[0]?.reason;
    return { code: error?.code, reason, retryAfter: error?.metadata.get("retry-after") };
  };

  test("too many calls of a principal are RESOURCE_EXHAUSTED, with the time to wait", async () => {
    service = await startService(transport, { environment: { SECRET_SVC_CALLS_PER_MINUTE: "6" } });
    const alice = await service.addUser("alice");
    for (let i = 0; i < 6; i += 1) await alice.identity.whoAmI({});
    for (let i = 0; i < 3; i += 1) {
      expect(await refusalOf(alice.identity.whoAmI({}))).toEqual({
        code: Code.ResourceExhausted,
        reason: Reason.RATE_LIMITED,
        retryAfter: "10",
      });
    }
    expect(await service.admin.identity.whoAmI({})).toMatchObject({ slug: "admin" });
    service.clock.advance(10_000);
    expect(await alice.identity.whoAmI({})).toMatchObject({ slug: "alice" });
  });

  test("fault A4: too many failures of an address are also refused, and valid tokens work, seen before or not", async () => {
    service = await startService(transport, { environment: { SECRET_SVC_FAILURES_PER_MINUTE: "2" } });
    const alice = await service.addUser("alice");
    const late = await service.addUser("late");
    await alice.identity.whoAmI({});
    const guess = service.as(`oo_${"A".repeat(43)}`);
    for (let i = 0; i < 2; i += 1) {
      expect(await refusalOf(guess.identity.whoAmI({}))).toMatchObject({ code: Code.Unauthenticated });
    }
    const limited = { code: Code.ResourceExhausted, reason: Reason.RATE_LIMITED, retryAfter: "30" };
    expect(await refusalOf(guess.identity.whoAmI({}))).toEqual(limited);
    expect(await refusalOf(service.as("malformed").identity.whoAmI({}))).toEqual(limited);
    expect(await late.identity.whoAmI({})).toMatchObject({ slug: "late" });
    expect(await alice.identity.whoAmI({})).toMatchObject({ slug: "alice" });
    expect(await refusalOf(guess.identity.whoAmI({}))).toEqual(limited);
    service.clock.advance(30_000);
    expect(await refusalOf(guess.identity.whoAmI({}))).toMatchObject({ code: Code.Unauthenticated });
  });
});

test.each([
  ["back", -3_600_000],
  ["ahead", 3_600_000],
])("threat 103: a clock that steps %s neither refuses nor frees anyone", async (_way, stepMs) => {
  const environment = { SECRET_SVC_CALLS_PER_MINUTE: "6", SECRET_SVC_FAILURES_PER_MINUTE: "1" };
  const service = await startService(rest, { environment });
  try {
    const alice = await service.addUser("alice");
    const bob = await service.addUser("bob");
    const whoAmI = (token: string) =>
      fetch(`${service.url}/secret-svc/whoami`, { headers: { authorization: `Bearer ${token}` } });
    const limited = async (token: string, retryAfter: string) => {
      const { status, headers } = await whoAmI(token);
      expect({ status, retryAfter: headers.get("retry-after") }).toEqual({ status: 429, retryAfter });
    };
    for (let i = 0; i < 6; i += 1) expect((await whoAmI(alice.token)).status).toBe(200);
    for (let i = 0; i < 5; i += 1) expect((await whoAmI(bob.token)).status).toBe(200);
    expect((await whoAmI("wrong")).status).toBe(401);
    service.clock.step(stepMs);
    await limited(alice.token, "10");
    await limited("wrong", "60");
    expect((await whoAmI(bob.token)).status).toBe(200);
    await limited(bob.token, "10");
    service.clock.advance(10_000);
    expect((await whoAmI(alice.token)).status).toBe(200);
    await limited("wrong", "50");
  } finally {
    await service.stop();
  }
});

test("limits reach scripts as 429 with Retry-After, before the body is read", async () => {
  const service = await startService(rest, { environment: { SECRET_SVC_FAILURES_PER_MINUTE: "1" } });
  try {
    const headers = { authorization: "Bearer wrong", "content-type": "application/json" };
    const call = () => fetch(`${service.url}/secret-svc/secrets`, { method: "PUT", headers, body: "{not json" });
    expect((await call()).status).toBe(401);
    const answer = await call();
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("60");
    expect(await answer.json()).toMatchObject({
      code: "resource_exhausted",
      message: "too many calls from this address had no valid token; try again in 60 s",
    });
  } finally {
    await service.stop();
  }
});

describe("threat 112: open connections of one address", () => {
  const closed = (socket: Socket) => new Promise((resolve) => socket.once("close", () => resolve("closed")));

  async function openOne(fixture: Fixture, make: () => Socket = () => connect(fixture.port, fixture.host)) {
    const socket = make();
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }

  const request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

  test("are never more than allowed: one that does nothing is closed", async () => {
    const fixture = await startServer({ connectionsPerAddress: 2 });
    const sockets = [await openOne(fixture), await openOne(fixture)];
    for (const socket of sockets) {
      socket.write(request);
      const chunk = await nextChunk(socket);
      expect(String(chunk)).toMatch(/^HTTP\/1.1 200 /);
    }
    const [first, second] = sockets.map(closed);
    const third = await openOne(fixture);
    expect(await first).toBe("closed");
    sockets[1]?.destroy();
    await second;
    third.write(request);
    expect(String(await nextChunk(third))).toMatch(/^HTTP\/1.1 200 /);
    third.destroy();
    await fixture.server.close();
  });

  test("also count before TLS", async () => {
    const folder = mkdtempSync(join(tmpdir(), "secret-svc-traffic-"));
    const { cert, key } = makeCertificate(folder, "localhost");
    const tls = { cert: readFileSync(cert), key: readFileSync(key) };
    rmSync(folder, { recursive: true });
    const fixture = await startServer({ connectionsPerAddress: 1, tls });
    const first = await openOne(fixture);
    const firstClosed = closed(first);
    const second = connectTls({ port: fixture.port, host: fixture.host, ca: tls.cert, servername: "localhost" });
    second.on("error", () => {});
    expect(await firstClosed).toBe("closed");
    second.write(request);
    expect(String(await nextChunk(second))).toMatch(/^HTTP\/1.1 200 /);
    const secondClosed = closed(second);
    const third = await openOne(fixture);
    expect(await secondClosed).toBe("closed");
    third.destroy();
    await fixture.server.close();
  });
});
