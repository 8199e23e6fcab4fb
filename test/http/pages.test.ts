import { once } from "node:events";
import http2 from "node:http2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Pages } from "../../src/http/call/routes.ts";
import { limits } from "../../src/limits.ts";
import { type Fixture, send, startServer } from "../support/http/fixture.ts";

const pages: Pages = {
  "/a-page": {
    GET: ({ verb, url, peer }) => ({
      status: 200,
      headers: { "content-type": "text/html" },
      body: `${verb} ${url} ${peer}`,
    }),
    POST: async ({ body, requestId }) => ({
      status: 201,
      headers: { "x-of-page": "ä".length },
      body: `${body}${requestId !== ""}`,
    }),
  },
  "/cookies": {
    GET: () => ({ status: 200, headers: { "set-cookie": ["a=; Max-Age=0", "b=1; Path=/"] }, body: "x" }),
  },
  "/broken": {
    GET: () => {
      throw new Error("a secret of the page");
    },
  },
};

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer({ pages });
});
afterAll(() => fixture.server.close());

test("a page is served without a token, and never cached", async () => {
  const got = await send(fixture, "GET", "/a-page?x=1", undefined, {});
  expect([got.status, got.text]).toEqual([200, "GET /a-page?x=1 127.0.0.1"]);
  expect(got.headers.get("content-type")).toBe("text/html");
  expect(got.headers.get("cache-control")).toBe("no-store");
  expect((await send(fixture, "HEAD", "/a-page", undefined, {})).text).toBe("");
  const posted = await send(fixture, "POST", "/a-page", "b=c", {});
  expect([posted.status, posted.text]).toEqual([201, "b=ctrue"]);
  expect((await send(fixture, "PUT", "/a-page", "b=c", {})).status).toBe(405);
});

test("cookies of a page are headers of their own, over HTTP/1.1 and HTTP/2", async () => {
  const cookies = ["a=; Max-Age=0", "b=1; Path=/"];
  expect((await send(fixture, "GET", "/cookies", undefined, {})).headers.getSetCookie()).toEqual(cookies);
  const session = http2.connect(fixture.url);
  const [answer] = await once(session.request({ ":path": "/cookies" }), "response");
  expect(answer["set-cookie"]).toEqual(cookies);
  // The server would wait for what is not read.
  session.destroy();
});

test("threat 147: a form that is too large, and a page that fails, are refused and say nothing", async () => {
  const large = await send(fixture, "POST", "/a-page", "x".repeat(limits.formBytes + 1), {});
  expect(large.text).toContain("is larger than");
  const broken = await send(fixture, "GET", "/broken", undefined, {});
  expect(broken.text).toContain("internal error");
  expect(broken.text).not.toContain("a secret");
});
