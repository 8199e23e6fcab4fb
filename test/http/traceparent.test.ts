import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, send, sendRaw, startServer, token } from "../support/http/fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());
beforeEach(() => {
  fixture.calls.length = 0;
});

const rest = "/secret-svc/secrets";
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const inTrace = /^4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}$/;
const random = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type Transport = Parameters<typeof createClient>[1];

const transports: readonly (readonly [name: string, make: (baseUrl: string) => Transport])[] = [
  ["Connect over HTTP/1.1", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["Connect over HTTP/2", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" })],
  ["gRPC", (baseUrl) => createGrpcTransport({ baseUrl })],
  ["gRPC-Web over HTTP/1.1", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC-Web over HTTP/2", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
];

const clientOf = (make: (baseUrl: string) => Transport): Client<typeof SecretService> =>
  createClient(SecretService, make(fixture.url));

describe("the id of a request", () => {
  test.each(transports)("begins with that of its trace, and ends with an own one, in %s", async (_name, make) => {
    const received: (string | null)[] = [];
    const headers = { authorization: `Bearer ${token}`, traceparent };
    const onHeader = (sent: Headers) => received.push(sent.get("x-request-id"));
    for (const _twice of [1, 2]) await clientOf(make).listSecrets({}, { headers, onHeader });
    expect(received).toEqual(fixture.calls.map(({ requestId }) => requestId));
    expect(received).toEqual([expect.stringMatching(inTrace), expect.stringMatching(inTrace)]);
    expect(new Set(received).size).toBe(2);
    expect(received.join()).not.toContain("00f067aa0ba902b7");
  });

  test.each(transports)("is in the trace for errors in %s", async (_name, make) => {
    const error = await clientOf(make)
      .listSecrets({}, { headers: { traceparent } })
      .catch((thrown) => thrown);
    expect(error.metadata.get("x-request-id")).toMatch(inTrace);
  });

  test("is in the trace for REST, errors, probes, watches and the log", async () => {
    const read = await send(fixture, "POST", rest, {}, { ...jsonHeaders, traceparent });
    const refused = await send(fixture, "POST", rest, {}, { traceparent });
    const nowhere = await send(fixture, "GET", "/nowhere", undefined, { traceparent });
    const probe = await send(fixture, "GET", "/healthz", undefined, { traceparent });
    const broken = await send(fixture, "POST", rest, { keys: ["explode"] }, { ...jsonHeaders, traceparent });
    const watch = await fetch(`${fixture.url}/secret.v1.SecretService/WatchSecrets`, {
      method: "POST",
      headers: { ...jsonHeaders, "content-type": "application/connect+json", traceparent },
      body: Buffer.from([0, 0, 0, 0, 2, 0x7b, 0x7d]),
    });
    await watch.arrayBuffer();
    expect([read, refused, nowhere, probe, broken].map(({ status }) => status)).toEqual([200, 401, 404, 200, 500]);
    const ids = [read, refused, nowhere, probe, broken, watch].map(({ headers }) => headers.get("x-request-id"));
    expect(ids).toEqual(ids.map(() => expect.stringMatching(inTrace)));
    expect(fixture.log.at(-1)?.requestId).toBe(ids[4]);
  });

  test("has that of the caller behind it, unless it names the trace already", async () => {
    const idFor = async (sent: string) => {
      const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, traceparent, "x-request-id": sent });
      expect(fixture.calls.at(-1)?.requestId).toBe(answer.headers.get("x-request-id"));
      return answer.headers.get("x-request-id") ?? "";
    };
    expect(await idFor("balancer-1")).toMatch(new RegExp(`${inTrace.source.slice(0, -1)}/balancer-1$`));
    expect(await idFor(traceId)).toBe(traceId);
    expect(await idFor(`Root=1-${traceId}`)).toBe(`Root=1-${traceId}`);
    expect(await idFor(`oo_${"A".repeat(43)}`)).toMatch(inTrace);
  });

  test("is in the trace although the caller does not record it", async () => {
    for (const flags of ["00", "02", "fe", "ff"]) {
      const sent = traceparent.replace(/01$/, flags);
      const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, traceparent: sent });
      expect(answer.headers.get("x-request-id"), flags).toMatch(inTrace);
    }
  });
});

describe("threat 285: a header traceparent that is not in its form", () => {
  const zeros = (length: number) => "0".repeat(length);
  const hostile: readonly (readonly [what: string, sent: string])[] = [
    ["empty", ""],
    ["another version", traceparent.replace(/^00/, "01")],
    ["the version that is never valid", traceparent.replace(/^00/, "ff")],
    ["upper case", traceparent.toUpperCase()],
    ["a trace of zeros", `00-${zeros(32)}-00f067aa0ba902b7-01`],
    ["a span of zeros", `00-${traceId}-${zeros(16)}-01`],
    ["too short", traceparent.slice(0, -1)],
    ["one more field", `${traceparent}-01`],
    ["blanks around it that Node leaves there", `${traceparent}\u00a0`],
    ["other separators", traceparent.replaceAll("-", "_")],
    ["a letter that is not a digit", traceparent.replace("4bf9", "4bg9")],
    ["full width digits", traceparent.replace("4bf9", "\u00ff\u00fe\u00fd\u00fc")],
    ["two of them in one header", `${traceparent}, ${traceparent}`],
    ["a token", `00-oo_${"A".repeat(43)}-0`],
    ["nearly all that headers may have", "0".repeat(15_000)],
  ];

  test.each(hostile)("%s, is as none", async (_what, sent) => {
    const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, traceparent: sent });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-request-id")).toMatch(random);
    expect(fixture.calls.at(-1)?.requestId).toBe(answer.headers.get("x-request-id"));
  });

  test("or comes twice, is as none, over HTTP/1.1", async () => {
    const request = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    const twice = `traceparent: ${traceparent}\r\ntraceparent: ${traceparent}\r\n`;
    const answer = await sendRaw(fixture, `${request}${twice}\r\n`);
    expect(/x-request-id: (\S+)/i.exec(answer)?.[1]).toMatch(random);
  });

  test("or has a line break, is not a request", async () => {
    const request = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    for (const control of ["\r", "\u0000", "\r\n x-evil: 1"]) {
      const answer = await sendRaw(fixture, `${request}traceparent: ${traceparent}${control}\r\n\r\n`);
      expect(answer, JSON.stringify(control)).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).not.toMatch(/evil/i);
      expect(answer).not.toContain(traceId);
    }
  });

  test("comes with thousands of entries of tracestate, which nothing reads", async () => {
    const tracestate = Array.from({ length: 1_800 }, (_, at) => `k${at}=v`).join();
    const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, traceparent, tracestate });
    expect([answer.status, answer.headers.get("x-request-id")]).toEqual([200, expect.stringMatching(inTrace)]);
    const tooLong = await send(
      fixture,
      "POST",
      rest,
      {},
      { ...jsonHeaders, traceparent, tracestate: "a".repeat(20_000) },
    );
    expect(tooLong.status).toBe(431);
  });
});
