import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { makeSigningKey, signRs256 } from "../support/jwt/jwt-fixture.ts";
import { createBrowser } from "../support/login/browser.ts";
import { startLogins, type TestLogins, verifier } from "../support/login/fixture.ts";

const key = makeSigningKey("of-logouts");
const event = "http://schemas.openid.net/event/backchannel-logout";

let scene: TestLogins;
beforeAll(async () => {
  scene = await startLogins();
});
afterAll(() => scene.stop());

/** Ends the session at the provider, as a person does there. The provider notifies the service by itself. */
async function logOutAtProvider(browser: ReturnType<typeof createBrowser>): Promise<void> {
  const page = await browser.goTo(`${scene.provider.issuer}/session/end?client_id=${scene.provider.clientId}`);
  await browser.submit(page, { logout: "yes" });
}

const isOver = (api: Api) =>
  expectFailure(api.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });

const later = () => scene.service.clock.advance(60_000);
const noLater = () => scene.service.clock.step(Date.now() - scene.service.clock.now());

test("a logout at the provider ends the session that began there, and no other", async () => {
  const browser = createBrowser();
  const one = await scene.logIn("sub-bob", { browser });
  const other = await scene.logIn("sub-bob");
  await logOutAtProvider(browser);
  await isOver(one.api);
  expect((await other.api.identity.whoAmI({})).slug).toBe("bob");
  const [ended] = (await scene.service.auditEvents()).filter(({ action }) => action === "session.end");
  expect(ended).toMatchObject({ rule: "acme", names: ["bob"], principal: "" });
});

test("a logout at the provider also ends a login that is under way", async () => {
  noLater();
  const browser = createBrowser();
  const { page, loginId } = await scene.askFor("sub-bob", { browser });
  const approved = await browser.submit(page, { answer: "yes" });
  await logOutAtProvider(browser);
  const code = new URL(approved.goesTo ?? "").searchParams.get("code") ?? "";
  await expectFailure(scene.logins.finishLogin({ loginId, verifier, code }), {
    code: "FailedPrecondition",
    reason: "LOGIN_EXPIRED",
  });
});

describe("threat 148: what is not a logout of a provider", () => {
  let last: { readonly api: Api };
  beforeAll(async () => {
    noLater();
    last = await scene.logIn("sub-bob");
    // The provider has one more key, which only the test has.
    scene.provider.behave((request, response) => {
      if (request.url !== "/jwks") return false;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ keys: [key.publicJwk] }));
      return true;
    });
    scene.service.clock.advance(700_000);
  });

  const claims = (changes: Record<string, unknown> = {}) => ({
    iss: scene.provider.issuer,
    aud: scene.provider.clientId,
    iat: Math.floor(scene.service.clock.now() / 1000),
    exp: Math.floor(scene.service.clock.now() / 1000) + 120,
    jti: randomUUID(),
    sub: "sub-bob",
    events: { [event]: {} },
    ...changes,
  });
  const post = async (token: string, header: Record<string, string> = {}) => {
    const response = await fetch(`${scene.service.url}/login/backchannel`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...header },
      body: new URLSearchParams({ logout_token: token }).toString(),
    });
    return response.status;
  };
  const logout = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    post(signRs256(key, claims(changes), { typ: "logout+jwt", ...header }));

  test("ends nothing", async () => {
    const refused: [Record<string, unknown>, Record<string, unknown>?][] = [
      [{ nonce: "n" }],
      [{ events: {} }],
      [{ events: undefined }],
      [{ sub: undefined }],
      [{ sub: "" }],
      [{ sid: 3 }],
      [{ jti: undefined }],
      [{ aud: "other" }],
      [{ iss: "https://evil.example" }],
      [{ iat: Math.floor(scene.service.clock.now() / 1000) - 121 }],
      [{ iat: undefined }],
      [{ exp: 1 }],
      [{}, { typ: "JWT" }],
      [{}, { kid: "other" }],
      [{}, { alg: "none" }],
    ];
    for (const [changes, header] of refused) {
      expect(await logout(changes, header), JSON.stringify([changes, header])).toBe(400);
    }
    expect(await post("x.y.z")).toBe(400);
    later();
  });

  test("is not repeated", async () => {
    const token = signRs256(key, claims({ sub: "unknown-person" }), { typ: "logout+jwt" });
    expect(await post(token)).toBe(200);
    expect(await post(token)).toBe(400);
  });

  test("with a subject ends all sessions of the person", async () => {
    expect((await last.api.identity.whoAmI({})).slug).toBe("bob");
    expect(await logout()).toBe(200);
    await isOver(last.api);
  });
});
