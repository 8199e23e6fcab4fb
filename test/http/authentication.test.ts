import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, send, sendRaw, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());
beforeEach(() => {
  fixture.calls.length = 0;
});

const rest = "/secret-svc/secrets";
const rpc = "/secret.v1.SecretService/ListSecrets";

test.each([rest, rpc])("threat 50: %s refuses a wrong token before it looks at the body", async (path) => {
  for (const body of ["{not json", '{"unknown":1}', "{}"]) {
    const answer = await send(fixture, "POST", path, body, { ...jsonHeaders, authorization: "Bearer wrong" });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: "unauthenticated", message: "the token is not valid" });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  }
  expect(fixture.calls).toEqual([]);
});

test("threat 50: a wrong token is answered although the body never comes", async () => {
  const request = `POST ${rest} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n`;
  const socket = sendRaw(fixture, `${request}Expect: 100-continue\r\n\r\n`);
  const answer = await socket;
  expect(answer).toMatch(/^HTTP\/1.1 401 /);
  expect(answer).not.toContain("100 Continue");
});

test("a client that waits to be asked for its body is asked once it is known", async () => {
  const request = `POST ${rest} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
  const answer = await sendRaw(fixture, `${request}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n`, "{}");
  expect(answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
});

test("a client that was asked for its body may send the next request over the same connection", async () => {
  const request = `POST ${rest} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 2\r\n`;
  const next = `${request}Connection: close\r\n\r\n{}`;
  const answer = await sendRaw(fixture, `${request}Expect: 100-continue\r\n\r\n`, `{}${next}`);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 100", "HTTP/1.1 200", "HTTP/1.1 200"]);
});

const clients: readonly (readonly [string, () => Client<typeof SecretService>])[] = [
  ["Connect JSON", () => client(createConnectTransport({ baseUrl: fixture.url, httpVersion: "1.1" }))],
  [
    "Connect binary h2",
    () => client(createConnectTransport({ baseUrl: fixture.url, httpVersion: "2", useBinaryFormat: true })),
  ],
  ["gRPC", () => client(createGrpcTransport({ baseUrl: fixture.url }))],
  ["gRPC-Web", () => client(createGrpcWebTransport({ baseUrl: fixture.url, httpVersion: "1.1" }))],
  ["gRPC-Web h2", () => client(createGrpcWebTransport({ baseUrl: fixture.url, httpVersion: "2" }))],
];

function client(transport: Parameters<typeof createClient>[1]): Client<typeof SecretService> {
  return createClient(SecretService, transport);
}

test.each(clients)("threat 50: %s clients see UNAUTHENTICATED and the reason", async (_name, make) => {
  const error = await make().listSecrets({}).catch(ConnectError.from);
  expect(error).toMatchObject({ code: Code.Unauthenticated, rawMessage: "the token is not valid" });
  expect((error as ConnectError).details).toHaveLength(1);
});

test.each(clients)("%s clients learn when the token cannot be checked, and nothing else", async (_name, make) => {
  const down = await make()
    .listSecrets({}, { headers: { authorization: "Bearer down" } })
    .catch(ConnectError.from);
  expect(down).toMatchObject({ code: Code.Unavailable });
  fixture.log.length = 0;
  const broken = await make()
    .listSecrets({}, { headers: { authorization: "Bearer broken" } })
    .catch(ConnectError.from);
  expect(broken).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
  expect(fixture.log).toMatchObject([{ level: "error", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
});

test("threat 52: two Authorization headers are refused over HTTP/1.1, whichever comes first", async () => {
  for (const pair of [
    [token, "wrong"],
    [token, token],
  ]) {
    const headers = pair.map((one) => `Authorization: Bearer ${one}\r\n`).join("");
    const request = `POST ${rest} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n`;
    const answer = await sendRaw(fixture, `${request}${headers}\r\n{}`);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain("more than one Authorization header");
  }
  expect(fixture.calls).toEqual([]);
});

test("threat 52: two Authorization headers are refused over HTTP/2", async () => {
  const authorization = ["authorization", `Bearer ${token}`] as const;
  const block = headerBlock([
    [":method", "POST"],
    [":path", rest],
    [":scheme", "http"],
    [":authority", "x"],
    ["content-type", "application/json"],
    authorization,
    authorization,
  ]);
  const goodbye = frame(frameType.goAway, 0, 0, Buffer.alloc(8));
  const request = frame(frameType.headers, flags.endHeaders | flags.endStream, 1, block);
  const answer = await sendRaw(fixture, hello, request, goodbye);
  expect(answer).toContain("more than one Authorization header");
  expect(fixture.calls).toEqual([]);
});

test("threat 49: a token in the query is ignored", async () => {
  const { "content-type": type } = jsonHeaders;
  for (const query of [`?authorization=Bearer%20${token}`, `?token=${token}`, `?access_token=${token}`]) {
    expect((await send(fixture, "POST", rest + query, {}, { "content-type": type })).status).toBe(401);
    expect((await send(fixture, "POST", rest + query, {})).status).toBe(200);
  }
});

test("threat 53: caller and peer do not come from headers", async () => {
  const forged = {
    "x-forwarded-for": "6.6.6.6",
    forwarded: "for=6.6.6.6",
    "x-user-id": "root",
  };
  const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, ...forged });
  const [call] = fixture.calls;
  expect(call).toMatchObject({ peer: "127.0.0.1", caller: { slug: "alice" } });
  expect(answer.headers.get("x-request-id")).toBe(call?.requestId);
});

test.each([
  "5a0ab4b6-0b7e-4f6a-9d5e-6f3a9c1b2d3e",
  "4bf92f3577b34da6a3ce929d0e0e4736",
  "01J8Z3K4M5N6P7Q8R9S0T1V2W3",
  "Root=1-67891233-abcdef012345678912345678",
  "deploy/42:retry.1@host+a_b",
  "a".repeat(128),
])("fault C16: the request id %s of the caller is used and sent back", async (id) => {
  const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, "x-request-id": id });
  expect(fixture.calls[0]?.requestId).toBe(id);
  expect(answer.headers.get("x-request-id")).toBe(id);
  const refused = await send(fixture, "POST", rest, {}, { "x-request-id": id });
  expect([refused.status, refused.headers.get("x-request-id")]).toEqual([401, id]);
});

test.each([
  "",
  "a b",
  "a,b",
  'a"b',
  "-a",
  "=cmd|'/C calc'!A0",
  "<script>",
  "a\tb",
  "\u00e4",
  "a".repeat(129),
  `oo_${"A".repeat(43)}`,
  `bearer:oo_${"A".repeat(43)}`,
])("fault C16: %j is not taken as a request id", async (id) => {
  const answer = await send(fixture, "POST", rest, {}, { ...jsonHeaders, "x-request-id": id });
  expect(fixture.calls[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers.get("x-request-id")).toBe(fixture.calls[0]?.requestId);
});

test.each(clients)("fault C16: %s clients choose the id of a request", async (_name, make) => {
  let received: string | null = "";
  const headers = { authorization: `Bearer ${token}`, "x-request-id": "chosen-1" };
  await make().listSecrets({}, { headers, onHeader: (sent) => (received = sent.get("x-request-id")) });
  expect([fixture.calls[0]?.requestId, received]).toEqual(["chosen-1", "chosen-1"]);
});

test("every call has a request id of its own, in every protocol", async () => {
  const ids: (string | null)[] = [];
  for (const [, make] of clients) {
    await make().listSecrets(
      {},
      { headers: { authorization: `Bearer ${token}` }, onHeader: (h) => ids.push(h.get("x-request-id")) },
    );
  }
  expect(ids).toEqual(fixture.calls.map((call) => call.requestId));
  expect(new Set(ids).size).toBe(clients.length);
  expect(fixture.calls.every((call) => call.peer === "127.0.0.1")).toBe(true);
});
