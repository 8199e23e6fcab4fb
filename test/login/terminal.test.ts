import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { createBrowser } from "../support/login/browser.ts";
import { startLogins, type TestLogins, verifier } from "../support/login/fixture.ts";

let scene: TestLogins;
beforeAll(async () => {
  scene = await startLogins({ onlyUserInfo: false });
});
afterAll(() => scene.stop());

/** The limits on one address are for a minute. */
const later = () => scene.service.clock.advance(60_000);

describe("the login of a terminal", () => {
  test("gives a session of a user who is made from the claims", async () => {
    later();
    const { api } = await scene.logIn("sub-bob");
    const who = await api.identity.whoAmI({});
    expect(who).toMatchObject({
      slug: "bob",
      tenant: "default",
      roles: ["dev"],
      admin: false,
      displayName: "Bob Smith",
    });
    expect(who.credential).toBe(2);
    const hours = (Number(who.tokenExpireAt?.seconds) * 1000 - scene.service.clock.now()) / 3_600_000;
    expect(hours).toBeCloseTo(8, 1);
    const { users } = await scene.service.admin.identity.listUsers({});
    expect(users.find(({ slug }) => slug === "bob")).toMatchObject({
      issuer: scene.provider.issuer,
      subject: "sub-bob",
      displayName: "Bob Smith",
    });
    const { tokens } = await scene.service.admin.identity.listTokens({ slug: "bob" });
    expect(tokens).toMatchObject([{ kind: 2, client: "bob@laptop" }]);
    const actions = (await scene.service.auditEvents()).map(({ action, rule, names }) => [action, rule, names]);
    expect(actions).toContainEqual(["user.login-create", "acme", ["+dev"]]);
    expect(actions).toContainEqual(["session.open", "acme", ["bob"]]);
  });

  test("asks on a page that says what is asked for, and can be refused", async () => {
    later();
    const request = { session: { seconds: 3600n }, grants: [{ action: "read", keyPatterns: ["dev/*"] }] };
    const { browser, page, loginId } = await scene.askFor("sub-bob", { request });
    expect(page.status).toBe(200);
    expect(page.url).toMatch(/\/login\/approve$/);
    expect(page.text).toContain("Let this terminal act for bob of default?");
    expect(page.text).toContain("from <b>127.0.0.1</b>, which calls itself “<bdi>bob@laptop</bdi>”");
    expect(page.text).toContain("1 hour");
    expect(page.text).toContain("<code>read:dev/*</code>");
    const refused = await browser.submit(page, { answer: "no" });
    expect(refused.goesTo).toBe("http://127.0.0.1:9/?error=denied");
    await expectFailure(scene.logins.finishLogin({ loginId, verifier, code: "x" }), {
      code: "PermissionDenied",
      reason: "LOGIN_DENIED",
    });
  });

  test("narrows and shortens the session", async () => {
    later();
    const request = { session: { seconds: 3600n }, grants: [{ action: "read", keyPatterns: ["dev/*"] }] };
    const { api } = await scene.logIn("sub-root", { request });
    const who = await api.identity.whoAmI({});
    expect(who).toMatchObject({ slug: "root", admin: true, grants: [{ action: "read", keyPatterns: ["dev/*"] }] });
    expect(Number(who.tokenExpireAt?.seconds) * 1000).toBeLessThanOrEqual(scene.service.clock.now() + 3_600_000);
  });

  test("takes a code that is typed, and asks to wait until it is approved", async () => {
    later();
    const asked = await scene.askFor("sub-bob", { request: { loopbackPort: 0 } });
    const finish = () => scene.logins.finishLogin({ loginId: asked.loginId, verifier });
    expect(asked.page.text).toContain("and the code was on your own terminal");
    await expectFailure(finish(), { code: "FailedPrecondition", reason: "LOGIN_PENDING" });
    await expectFailure(finish(), { code: "ResourceExhausted", reason: "SLOW_DOWN" });
    scene.service.clock.advance(10_000);
    await expectFailure(finish(), { code: "FailedPrecondition", reason: "LOGIN_PENDING" });
    const done = await asked.browser.submit(asked.page, { answer: "yes" });
    expect(done.text).toContain("go back to your terminal");
    const { token, who } = await finish();
    expect(token).toMatch(/^oo_/);
    expect(who?.slug).toBe("bob");
    await expectFailure(finish(), { code: "FailedPrecondition", reason: "LOGIN_EXPIRED" });
  });

  test("changes the user at the next login", async () => {
    later();
    const { bob } = { bob: { email: "robert@acme.example", email_verified: true, groups: ["secrets-ops"] } };
    scene.provider.setAccount("sub-bob", bob);
    const { api } = await scene.logIn("sub-bob");
    expect(await api.identity.whoAmI({})).toMatchObject({ slug: "bob", roles: ["ops"] });
    const [change] = (await scene.service.auditEvents()).filter(({ action }) => action === "user.login-change");
    expect(change).toMatchObject({ key: "bob", names: ["+ops", "-dev"] });
  });
});

test("signing out says where to sign out of the provider as well, unless it does not answer", async () => {
  later();
  const end = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${scene.service.url}/secret-svc/sessions`, { method: "DELETE", headers, body: "{}" });
    return (await response.json()) as { ended: number; logoutUrl?: string };
  };
  const one = await scene.logIn("sub-root");
  const answer = await end(one.token);
  expect(answer.ended).toBe(1);
  const url = new URL(answer.logoutUrl ?? "");
  expect(url.origin).toBe(scene.provider.issuer);
  expect(url.searchParams.get("post_logout_redirect_uri")).toBe(`${scene.service.url}/console/`);
  const other = await scene.logIn("sub-root");
  // What the provider said of itself is asked for again.
  scene.service.clock.advance(700_000);
  scene.provider.behave((_request, response) => {
    response.writeHead(503).end();
    return true;
  });
  const { ended, logoutUrl = "" } = await end(other.token);
  scene.provider.behave(undefined);
  expect([ended, logoutUrl]).toEqual([1, ""]);
});

test("a browser gets a claim, which is a cookie for the page", async () => {
  later();
  scene.provider.signIn("sub-bob");
  const browser = createBrowser();
  const back = await browser.goTo(`${scene.service.url}/login/start?with=acme`);
  expect(back.goesTo).toBe(`${scene.service.url}/console/#/claim`);
  expect(browser.cookies.get("oo_claim")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(browser.cookies.has("oo_login")).toBe(false);
  const again = await browser.goTo(back.url);
  expect(again.status).toBe(400);
  expect(again.text).toContain("was not begun here");
});

test("methods are listed", async () => {
  expect(await scene.logins.listLoginMethods({})).toMatchObject({
    methods: [{ id: "acme", name: "Acme", kind: 1 }],
    sessionSeconds: 8 * 3600,
    deviceLogin: true,
  });
});
