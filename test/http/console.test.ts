import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { text } from "node:stream/consumers";
import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDirectFromLoopback } from "../../src/console/is-direct.ts";
import { createConsole } from "../../src/console/page.ts";
import { consoleUse } from "../../src/service/console.ts";
import { type ServerInProcess, startServerInProcess } from "../support/server-in-process.ts";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const ofPage = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-cache",
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const ofAsset = {
  "cache-control": "public, max-age=31536000, immutable",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

describe("the page of a service", () => {
  let service: ServerInProcess;
  let off: ServerInProcess;
  let script: string;
  beforeAll(async () => {
    [service, off] = await Promise.all([
      startServerInProcess(),
      startServerInProcess({ env: { SECRET_SVC_CONSOLE: "off" } }),
    ]);
    const { body } = await get("/console/");
    script = /src="(main-[A-Z0-9]+\.js)"/.exec(String(body))?.[1] ?? "";
  });
  afterAll(async () => {
    await Promise.all([service?.stop(), off?.stop()]);
  });

  /** A request as it is: `fetch` would choose some headers by itself, and follow redirects. */
  async function get(
    path: string,
    headers: Record<string, string> = {},
    method = "GET",
    at = service,
  ): Promise<Answer> {
    const request = http.request(`${at.url}${path}`, { method, headers, agent: false }).end();
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
  }

  test("threat 181: its headers leave a browser nothing but its own files and calls", async () => {
    const { status, headers, body } = await get("/console/");
    expect(status).toBe(200);
    expect(headers).toMatchObject(ofPage);
    const others = ["connection", "content-length", "date", "etag", "permissions-policy", "vary", "x-request-id"];
    expect(Object.keys(headers).sort()).toEqual([...Object.keys(ofPage), ...others].sort());
    expect(headers["permissions-policy"]).toMatch(/^([a-z-]+=\(\), )+[a-z-]+=\(\)$/);
    expect(headers["permissions-policy"]).toContain("clipboard-read=()");
    expect(headers["permissions-policy"]).not.toContain("clipboard-write");
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(String(body)).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son[a-z]+=/i);
  });

  test("its files may be cached for good, and every other answer is asked for again", async () => {
    const { status, headers } = await get(`/console/${script}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ ...ofAsset, "content-type": "text/javascript; charset=utf-8" });
    expect(headers["content-security-policy"]).toBeUndefined();
  });

  test("brotli is sent to those who take it, under another version", async () => {
    const plain = await get(`/console/${script}`);
    const packed = await get(`/console/${script}`, { "accept-encoding": "gzip, br" });
    expect(packed.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding" });
    expect(brotliDecompressSync(packed.body).equals(plain.body)).toBe(true);
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    const refusing = await get(`/console/${script}`, { "accept-encoding": "gzip, br;q=0" });
    expect(refusing.headers["content-encoding"]).toBeUndefined();
  });

  test.each(["/console/", "main"])("a version that a browser has is not sent again: %s", async (path) => {
    const at = path === "main" ? `/console/${script}` : path;
    const { headers } = await get(at);
    const again = await get(at, { "if-none-match": String(headers.etag) });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    const other = await get(at, { "if-none-match": '"other"' });
    expect(other.status).toBe(200);
  });

  test("HEAD has the headers and no body; other verbs are refused", async () => {
    const whole = await get("/console/");
    const head = await get("/console/", {}, "HEAD");
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers["content-length"]).toBe(String(whole.body.length));
    const posted = await get("/console/", {}, "POST");
    expect([posted.status, posted.headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("the way from / is for browsers only", async () => {
    const browser = await get("/", { accept: "text/html,application/xhtml+xml" });
    expect([browser.status, browser.headers.location]).toEqual([303, "/console/"]);
    expect((await get("/console")).headers.location).toBe("/console/");
    expect((await get("/", { accept: "*/*" })).status).toBe(404);
    expect((await get("/")).status).toBe(404);
  });

  test.each(["/console/nothing.js", "/console/index.html", "/console/../src/main.ts", "/console/%2e%2e/package.json"])(
    "there is nothing at %s",
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  test("threat 182: a request for a name that is not the service's own is refused", async () => {
    const port = new URL(service.url).port;
    const statusOf = async (host: string) => (await get("/console/", { host })).status;
    expect(await Promise.all(["127.0.0.1", "localhost", "[::1]"].map((name) => statusOf(`${name}:${port}`)))).toEqual([
      200, 200, 200,
    ]);
    const others = [
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1.evil.example:${port}`,
      `127.0.0.1:${Number(port) + 1}`,
    ];
    expect(await Promise.all(others.map(statusOf))).toEqual(others.map(() => 421));
  });

  test("threat 183: through a proxy on this machine there is no page, unless it was asked for", async () => {
    for (const name of ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto"]) {
      expect((await get("/console/", { [name]: "x" })).status, name).toBe(404);
    }
  });

  test("when it is off, its paths are like any unknown path", async () => {
    const unknown = await get("/nothing", {}, "GET", off);
    for (const path of ["/console/", "/console", `/console/${script}`]) {
      const answer = await get(path, {}, "GET", off);
      expect([answer.status, String(answer.body)]).toEqual([404, String(unknown.body)]);
    }
    expect((await get("/", { accept: "text/html" }, "GET", off)).status).toBe(404);
  });

  test("HTTP/2 has the same", async () => {
    const session = http2.connect(service.url);
    const read = async (path: string, headers: http2.OutgoingHttpHeaders = {}) => {
      const stream = session.request({ ":path": path, ...headers });
      const [answer] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
      return { status: answer[":status"], headers: answer, body: await text(stream) };
    };
    const page = await read("/console/");
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject(ofPage);
    expect(page.body).toBe(String((await get("/console/")).body));
    expect(await read("/console/", { "if-none-match": String(page.headers.etag) })).toMatchObject({
      status: 304,
      body: "",
    });
    expect((await read("/console/", { ":authority": "evil.example" })).status).toBe(421);
    session.close();
  });
});

describe("who gets the page", () => {
  const base = { console: "auto", isLoopback: true, tls: undefined, publicUrl: undefined } as const;
  const tls = { cert: "", key: "" } as unknown as NonNullable<Parameters<typeof consoleUse>[0]["tls"]>;

  test.each([
    [base, "direct"],
    [{ ...base, isLoopback: false }, "no one"],
    [{ ...base, isLoopback: false, tls }, "everyone"],
    [{ ...base, isLoopback: false, publicUrl: "https://secrets.example.com" }, "everyone"],
    [{ ...base, publicUrl: "https://secrets.example.com" }, "everyone"],
    [{ ...base, publicUrl: "http://localhost:11337" }, "direct"],
    [{ ...base, console: "on" }, "everyone"],
    [{ ...base, console: "on", isLoopback: false }, "everyone"],
    [{ ...base, console: "off", tls }, "no one"],
  ] as const)("%j: %s", (config, use) => {
    expect(consoleUse(config)).toBe(use);
  });

  test.each([
    ["127.0.0.1", {}, true],
    ["127.8.8.8", {}, true],
    ["::1", {}, true],
    ["10.0.0.7", {}, false],
    ["127.0.0.1", { "x-forwarded-host": "a" }, false],
    ["127.0.0.1", { via: "1.1 proxy" }, false],
  ])("a peer %s with %j is on this machine: %s", (peer, headers, isDirect) => {
    expect(isDirectFromLoopback({ peer, headers })).toBe(isDirect);
  });
});

describe("a page that cannot be served", () => {
  const options = { hasTls: true, isServedTo: () => true, isOwnHost: () => true, count: () => {} };
  const request = { verb: "GET", path: "/console/", headers: {}, peer: "10.0.0.7" };

  test("says how to build it, and is there once it is built", async () => {
    let files: ReadonlyMap<string, Uint8Array> | undefined;
    const find = createConsole({ ...options, findFiles: async () => files });
    const missing = await find("/console/")?.(request);
    expect([missing?.status, missing?.body]).toEqual([503, expect.stringContaining("npm run build:console")]);
    files = new Map([["index.html", Buffer.from("<!doctype html>")]]);
    expect((await find("/console/")?.(request))?.status).toBe(200);
  });

  test("with TLS every answer asks browsers to come back with TLS", async () => {
    const find = createConsole({ ...options, findFiles: async () => new Map([["index.html", Buffer.from("x")]]) });
    for (const verb of ["GET", "POST"]) {
      const answer = await find("/console/")?.({ ...request, verb });
      expect(answer?.headers["strict-transport-security"]).toBe("max-age=63072000");
    }
  });
});
