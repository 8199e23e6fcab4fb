import http2 from "node:http2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { joinHalves } from "../../src/rules/token.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { createPage, reasonOf, type TestPage } from "../support/login/page.ts";

// What an attacker can do who has one part of a session: the cookie, the half of a page, a page of another site.

let service: TestService;
let alice: Api;
let page: TestPage;

beforeAll(async () => {
  service = await startService(connectJson, {
    environment: {
      SECRET_SVC_CALLS_PER_MINUTE: "off",
      SECRET_SVC_FAILURES_PER_MINUTE: "off",
      SECRET_SVC_CORS_ORIGINS: "https://tools.example.com",
    },
  });
  alice = await service.addUser("alice");
});
afterAll(() => service.stop());
beforeEach(async () => {
  page = createPage(service.url);
  expect((await page.open({ token: alice.token })).status).toBe(200);
  expect((await page.call(who)).status).toBe(200);
});

const who = "IdentityService/WhoAmI";
const port = () => new URL(service.url).port;
type Headers = Record<string, string | undefined>;
const calling = async (headers: Headers, method = who) => (await page.call(method, {}, { headers })).status;

describe("threat 153: part of a session", () => {
  test("is worth nothing: the cookie alone, the half alone, another half, a half of another form", async () => {
    const other = createPage(service.url);
    await other.open({ token: alice.token });
    for (const half of [undefined, other.half, "", "A".repeat(43), `${page.half}=`, `${page.half}, ${page.half}`]) {
      expect(await calling({ "x-oo-half": half })).toBe(401);
    }
    for (const cookie of [undefined, "", "oo_session=", `oo_session=${other.cookies.get("oo_session")}`]) {
      expect(await calling({ cookie })).toBe(401);
    }
  });

  test("says nothing about the token that both make", () => {
    const [first, second] = [page.cookies.get("oo_session") ?? "", page.half];
    const token = joinHalves(first, second) ?? "";
    expect(token).toMatch(/^oo_[\w-]{43}$/);
    expect(joinHalves(second, first)).not.toBe(token);
    for (const half of [first, second]) expect(token).not.toContain(half.slice(0, 8));
  });

  test("is not looked for on REST paths, with GET, or in gRPC", async () => {
    expect(await calling({}, "/secret-svc/whoami")).toBe(405);
    expect((await page.call("/secret-svc/whoami", {}, { verb: "GET" })).status).toBe(401);
    expect((await page.call("/secret-svc/secrets", {})).status).toBe(401);
    expect((await page.call("/openapi.json", {}, { verb: "GET" })).status).toBe(401);
    const status = await grpcStatus({ cookie: `oo_session=${page.cookies.get("oo_session")}`, "x-oo-half": page.half });
    expect(status).toBe("16");
  });

  test("of one session and a token together are refused; a cookie that only comes along is not looked at", async () => {
    const authorization = `Bearer ${alice.token}`;
    expect(await calling({ authorization })).toBe(401);
    expect(await calling({ authorization, cookie: undefined })).toBe(401);
    expect(await calling({ authorization, "x-oo-half": undefined })).toBe(200);
  });

  test("added by another page of the same host is refused, because it is not known which is the right one", async () => {
    const cookie = `oo_session=${"A".repeat(43)}; oo_session=${page.cookies.get("oo_session")}`;
    expect(await calling({ cookie })).toBe(401);
  });
});

describe("threat 154: a page of another site", () => {
  test("cannot call with the session: other origin, other port, other scheme, same site", async () => {
    for (const origin of [
      "https://evil.example",
      "null",
      `http://127.0.0.1:${Number(port()) + 1}`,
      `https://127.0.0.1:${port()}`,
    ]) {
      expect(await calling({ origin })).toBe(401);
      expect((await page.open({ token: alice.token }, { headers: { origin } })).status).toBe(401);
    }
    for (const site of ["same-site", "cross-site", "none"]) {
      expect(await calling({ "sec-fetch-site": site })).toBe(401);
      expect(reasonOf(await page.open({ token: alice.token }, { headers: { "sec-fetch-site": site } }))).toBe(
        "UNAUTHENTICATED",
      );
    }
    expect(await calling({ origin: undefined, "sec-fetch-site": undefined })).toBe(200);
  });

  test("that may call the service with tokens never gets the cookie, and may not send the half", async () => {
    const origin = "https://tools.example.com";
    const asked = { origin, "access-control-request-method": "POST", "access-control-request-headers": "x-oo-half" };
    const { headers } = await page.call(`/secret.v1.${who}`, {}, { verb: "OPTIONS", headers: asked });
    expect(headers["access-control-allow-origin"]).toBe(origin);
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
    expect(String(headers["access-control-allow-headers"]).toLowerCase()).not.toContain("x-oo-half");
    const answer = await page.call(who, {}, { headers: { origin } });
    expect(answer.status).toBe(401);
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
  });

  test("whose name leads to this address by DNS rebinding learns that it is at the wrong place", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${port()}`,
      "127.0.0.1",
      `127.0.0.1:${Number(port()) + 1}`,
      "localhost",
    ]) {
      const headers = { host, origin: `http://${host}` };
      expect(await calling(headers), host).toBe(421);
      expect(reasonOf(await page.open({ token: alice.token }, { headers }))).toBe("LOGIN_UNAVAILABLE");
    }
    for (const host of [`127.0.0.1:${port()}`, `localhost:${port()}`, `[::1]:${port()}`, `LOCALHOST:${port()}`]) {
      expect(await calling({ host, origin: `http://${host.toLowerCase()}` }), host).toBe(200);
    }
    // Programs with a token may use any name.
    const authorization = `Bearer ${alice.token}`;
    expect(await calling({ host: "any.example", authorization, cookie: undefined, "x-oo-half": undefined })).toBe(200);
  });
});

describe("threat 155: opening a session", () => {
  test("takes a right half, one source, a user's token, and Connect", async () => {
    expect(reasonOf(await page.open({ token: alice.token, pageHalf: "short" }))).toBe("INVALID_FIELD");
    expect(reasonOf(await page.open({ token: alice.token, handoff: "A".repeat(43) }))).toBe("CONFLICTING_FIELDS");
    expect(reasonOf(await page.open({ token: `oo_${"A".repeat(43)}` }))).toBe("UNAUTHENTICATED");
    expect(reasonOf(await page.open({ handoff: "A".repeat(43) }))).toBe("LOGIN_EXPIRED");
    expect(reasonOf(await page.open({ handoff: "'; DROP" }))).toBe("LOGIN_EXPIRED");
    expect(reasonOf(await page.open({}))).toBe("LOGIN_EXPIRED");
    expect((await page.call("/secret-svc/sessions", {})).status).toBe(405);
  });

  test("does not let a token in a cookie, or a session as its own half, make another one", async () => {
    const token = joinHalves(page.cookies.get("oo_session"), page.half) ?? "";
    const second = createPage(service.url);
    expect((await second.open({ token })).status).toBe(200);
    await page.call("LoginService/EndSession");
    expect((await second.call(who)).status).toBe(401);
  });
});

test("threat 156: an address that makes more than 20 calls without a token in a minute waits, and it is counted", async () => {
  const limited = await startService(connectJson);
  try {
    const visitor = createPage(limited.url);
    const list = () => visitor.call("LoginService/ListLoginMethods", {}, { headers: { "x-oo-half": undefined } });
    for (let at = 0; at < 20; at += 1) expect((await list()).status).toBe(200);
    const refused = await list();
    expect(reasonOf(refused)).toBe("RATE_LIMITED");
    expect(refused.headers["retry-after"]).toBe("3");
    expect(reasonOf(await visitor.open({ token: limited.admin.token }))).toBe("RATE_LIMITED");
    limited.clock.advance(3_000);
    expect((await list()).status).toBe(200);
    expect((await limited.admin.identity.whoAmI({})).slug).toBe("admin");
  } finally {
    await limited.stop();
  }
});

async function grpcStatus(headers: Record<string, string>): Promise<unknown> {
  const session = http2.connect(service.url);
  const path = `/secret.v1.${who}`;
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  const seen: Record<string, unknown> = {};
  stream.on("response", (response) => Object.assign(seen, response));
  stream.on("trailers", (trailers) => Object.assign(seen, trailers));
  stream.end(Buffer.alloc(5));
  for await (const _chunk of stream);
  session.close();
  return seen["grpc-status"];
}
