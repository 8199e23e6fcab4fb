import { once } from "node:events";
import http2 from "node:http2";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, type TestService } from "../support/api/fixture.ts";
import { rest } from "../support/api/transports.ts";
import { vaultOn } from "../support/vault/vault-call.ts";

let service: TestService;
let session: http2.ClientHttp2Session;

beforeAll(async () => {
  service = await startService(rest, vaultOn);
  session = http2.connect(service.url);
});

afterAll(async () => {
  session.destroy();
  await service.stop();
});

async function call(method: string, path: string, body?: object): Promise<readonly [status: unknown, json: unknown]> {
  const { token } = service.admin;
  const stream = session.request({ ":method": method, ":path": `/v1/${path}`, "x-vault-token": token });
  const response = once(stream, "response");
  stream.end(body === undefined ? undefined : JSON.stringify(body));
  const [headers] = (await response) as [http2.IncomingHttpHeaders];
  return [headers[":status"], JSON.parse(await text(stream))];
}

// curl before 8.0 cannot send a second one with --http2-prior-knowledge, to any server: its issue 10634.
test("requests of all kinds follow each other on one connection of HTTP/2, and overlap", async () => {
  for (let at = 0; at < 100; at++) {
    const [status] = await call("PUT", "secret/data/h2/a", { data: { at: `${at}` } });
    expect(status).toBe(200);
    expect(await call("LIST", "secret/metadata/h2")).toMatchObject([200, { data: { keys: ["a"] } }]);
    expect(await call("GET", "secret/data/h2/a")).toMatchObject([200, { data: { data: { at: `${at}` } } }]);
  }
  const kinds = [() => call("LIST", "secret/metadata/h2"), () => call("GET", "secret/data/h2/a")];
  const all = await Promise.all(Array.from({ length: 40 }, (_, at) => kinds[at % 2]?.()));
  expect(new Set(all.map((answer) => answer?.[0]))).toEqual(new Set([200]));
});
