import type { Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CredentialKind } from "../../gen/secret/v1/identity_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, apiOf, startService, type TestService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { startWatch } from "../support/api/watch.ts";
import { createPage, reasonOf, type TestPage } from "../support/login/page.ts";

let service: TestService;
let alice: Api;
let page: TestPage;

beforeEach(async () => {
  const environment = { SECRET_SVC_CALLS_PER_MINUTE: "off", SECRET_SVC_FAILURES_PER_MINUTE: "off" };
  service = await startService(connectJson, { environment });
  alice = await service.addUser("alice");
  page = createPage(service.url);
});
afterEach(() => service.stop());

const whoAmI = (on: TestPage = page) => on.call("IdentityService/WhoAmI");
const recordsOf = async (action: string) => (await service.auditEvents()).filter((event) => event.action === action);

describe("a session in a browser", () => {
  it("opens with a token, lasts a working day, and is a token like any other", async () => {
    const opened = await page.open(
      { token: alice.token },
      { headers: { "user-agent": "Mozilla/5.0 (X11; Linux) Chrome/1" } },
    );
    expect(opened.status).toBe(200);
    expect(opened.body.who).toMatchObject({ slug: "alice", credential: "CREDENTIAL_KIND_SESSION" });
    expect(opened.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^oo_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    const who = await whoAmI();
    expect(who.status).toBe(200);
    expect(who.body).toMatchObject({ slug: "alice", credential: "CREDENTIAL_KIND_SESSION" });
    const endMs = service.clock.now() + limits.sessionMs;
    expect(who.body.tokenExpireAt).toBe(new Date(endMs).toISOString().replace(".000Z", "Z"));
    const { tokens } = await alice.identity.listTokens({});
    const sessions = tokens.filter(({ kind }) => kind === CredentialKind.SESSION);
    expect(sessions.map(({ id, client }) => ({ id, client }))).toEqual([
      { id: who.body.tokenId, client: "Chrome, Linux" },
    ]);
    expect(tokens).toHaveLength(2);
    const [record] = await recordsOf("session.open");
    expect(record).toMatchObject({ key: who.body.tokenId, principal: "alice", rule: "token", peer: "127.0.0.1" });
    service.clock.advance(limits.sessionMs - 1);
    expect((await whoAmI()).status).toBe(200);
    service.clock.advance(1);
    expect((await whoAmI()).status).toBe(401);
  });

  it("has the grants of its token and ends with it", async () => {
    const grants = [{ action: "read", keyPatterns: ["alice/*"] }];
    const ttl = { seconds: 3600n, nanos: 0 };
    const { secret } = await alice.identity.createToken({ grants, ttl });
    await page.open({ token: secret });
    const who = await whoAmI();
    expect(who.body).toMatchObject({ grants });
    const saved = await page.call("SecretService/SaveSecrets", { secrets: [{ key: "alice/A", value: "x" }] });
    expect(reasonOf(saved)).toBe("NOT_GRANTED");
    service.clock.advance(3_600_000);
    expect((await whoAmI()).status).toBe(401);
  });

  it("ends with the token that it was made from, and by revoking it", async () => {
    const { secret, token } = await alice.identity.createToken({});
    const second = createPage(service.url);
    await page.open({ token: secret });
    await second.open({ token: alice.token });
    await alice.identity.revokeToken({ id: token?.id ?? "" });
    expect((await whoAmI()).status).toBe(401);
    const who = await whoAmI(second);
    await alice.identity.revokeToken({ id: String(who.body.tokenId) });
    expect((await whoAmI(second)).status).toBe(401);
    const ends = await recordsOf("session.end");
    expect(ends.map(({ rule }) => rule).sort()).toEqual(["own-token", "token-revoked"]);
  });

  it("signs out, narrowed or not, and takes the cookie away", async () => {
    const { secret } = await alice.identity.createToken({ grants: [{ action: "read", keyPatterns: ["*"] }] });
    for (const token of [secret, alice.token]) {
      await page.open({ token });
      const ended = await page.call("LoginService/EndSession");
      expect(ended.body).toMatchObject({ ended: 1 });
      expect(page.cookies.size).toBe(0);
      expect((await whoAmI()).status).toBe(401);
    }
    await expectFailure(alice.logins.endSession({}), { code: "FailedPrecondition", reason: "LOGIN_UNAVAILABLE" });
  });

  it("ends everywhere at once for oneself, and for others by an admin", async () => {
    const second = createPage(service.url);
    await page.open({ token: alice.token });
    await second.open({ token: alice.token });
    const bob = await service.addUser("bob");
    await expectFailure(bob.logins.endSession({ all: true, slug: "alice" }), {
      code: "PermissionDenied",
      reason: "ADMIN_ONLY",
    });
    expect((await page.call("LoginService/EndSession", { all: true })).body).toMatchObject({ ended: 2 });
    expect((await whoAmI(second)).status).toBe(401);
    await page.open({ token: alice.token });
    expect(await service.admin.logins.endSession({ all: true, slug: "alice" })).toMatchObject({ ended: 1 });
    expect((await whoAmI()).status).toBe(401);
    await expectFailure(service.admin.logins.endSession({ all: true, slug: "nobody" }), {
      code: "NotFound",
      reason: "NOT_FOUND",
      field: "slug",
      key: "nobody",
    });
    expect((await alice.identity.whoAmI({})).slug).toBe("alice");
  });

  it("watches with both halves, and the stream ends when the session does", async () => {
    await page.open({ token: alice.token });
    const sendHalves: Interceptor = (next) => (request) => {
      request.header.set("cookie", `oo_session=${page.cookies.get("oo_session")}`);
      request.header.set("x-oo-half", page.half);
      request.header.set("origin", service.url);
      return next(request);
    };
    const transport = createConnectTransport({ baseUrl: service.url, httpVersion: "1.1", interceptors: [sendHalves] });
    const watch = await startWatch(apiOf(transport, ""));
    await alice.secrets.saveSecrets({ secrets: [{ key: "alice/A", value: "x" }] });
    expect(await watch.changes(1)).toEqual(["APPEARED alice/A@1"]);
    await page.call("LoginService/EndSession");
    await expectFailure(watch.firstChange(), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
  });

  it("counts against the quota of tokens", async () => {
    await service.admin.identity.setQuotas({ quotas: { userTokens: 2n } });
    expect((await page.open({ token: alice.token })).status).toBe(200);
    expect(reasonOf(await createPage(service.url).open({ token: alice.token }))).toBe("QUOTA_EXCEEDED");
  });
});

describe("a code of one use", () => {
  const handoff = () => alice.logins.createHandoff({});

  it("signs a browser in once, with what the caller may do", async () => {
    const { code, url, expiresIn } = await handoff();
    expect(url).toBe(`${service.url}/console/#/handoff/${code}`);
    expect(expiresIn).toBe(60);
    const preview = await page.open({ handoff: code, preview: true, pageHalf: "" });
    expect(preview.body.who).toMatchObject({ slug: "alice", tenant: "default" });
    expect(page.cookies.size).toBe(0);
    expect((await page.open({ handoff: code })).body.who).toMatchObject({ slug: "alice" });
    expect((await whoAmI()).body).toMatchObject({ slug: "alice" });
    expect(reasonOf(await createPage(service.url).open({ handoff: code }))).toBe("LOGIN_EXPIRED");
    expect((await recordsOf("session.open")).map(({ rule }) => rule)).toEqual(["handoff"]);
  });

  it("is over after a minute, and worth nothing once its token was revoked", async () => {
    const { code } = await handoff();
    service.clock.advance(limits.claimMs);
    expect(reasonOf(await page.open({ handoff: code }))).toBe("LOGIN_EXPIRED");
    const { secret, token } = await alice.identity.createToken({});
    const other = await service.as(secret).logins.createHandoff({});
    await alice.identity.revokeToken({ id: token?.id ?? "" });
    expect(reasonOf(await page.open({ handoff: other.code }))).toBe("LOGIN_DENIED");
    expect((await recordsOf("session.refused")).map(({ rule }) => rule)).toEqual(["login-denied"]);
  });

  it("signs in only one of many that use it at once", async () => {
    const { code } = await handoff();
    const pages = Array.from({ length: 6 }, () => createPage(service.url));
    const answers = await Promise.all(pages.map((each) => each.open({ handoff: code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });
});

it("says how to sign in without a token", async () => {
  const methods = await page.call("LoginService/ListLoginMethods", {}, { headers: { "x-oo-half": undefined } });
  expect(methods.body).toEqual({ methods: [], sessionSeconds: 28_800, deviceLogin: false, passkeyUrl: "" });
});
