import { hash } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Authenticator, createAuthenticator } from "../support/login/authenticator.ts";
import { createBrowser, type TestBrowser, type Visited } from "../support/login/browser.ts";
import { createPage } from "../support/login/page.ts";
import { passkeysOf, startPasskeys, type TestPasskeys } from "../support/login/passkeys.ts";

let scene: TestPasskeys;
beforeAll(async () => {
  scene = await startPasskeys();
});
afterAll(() => scene.stop());
// The limits on one address are for a minute.
beforeEach(() => scene.service.clock.advance(60_000));

const admin = () => scene.service.admin;
const who = "IdentityService/WhoAmI";
const verifier = "v".repeat(43);
const challengeOf = (text: string) => hash("sha256", text, "base64url");
const codeOf = (error: unknown) => Code[ConnectError.from(error).code];
const actionsOf = async (slug: string) =>
  (await scene.service.auditEvents())
    .filter(({ key, names }) => key === slug || names.includes(slug))
    .map(({ action, rule }) => `${action} ${rule}`);

describe("an invitation", () => {
  test("is a link for one user, whose code is in the fragment", async () => {
    await scene.service.addUser("bob");
    const { url, code, expireAt } = await admin().identity.inviteUser({ slug: "bob" });
    expect(url).toBe(`${scene.origin}/login/invite#${code}`);
    expect(code).toMatch(/^default_bob_[\w-]{43}$/);
    expect(Number(expireAt?.seconds) * 1000).toBe(scene.service.clock.now() + limits.invitationMs);
    const begun = await scene.strangers.beginInvitation({ invitation: code });
    expect(begun).toMatchObject({ tenant: "default", slug: "bob" });
    expect(JSON.parse(begun.options)).toMatchObject({
      rp: { id: "localhost" },
      user: { displayName: "bob" },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    });
  });

  test("makes a passkey and a session of its user, and is recorded", async () => {
    await scene.service.addUser("carol", { roles: ["team-c"] });
    const { handoff } = await scene.accept("carol", { name: "  my laptop " });
    const page = await scene.open(handoff);
    expect((await page.call(who)).body).toMatchObject({
      slug: "carol",
      roles: ["team-c"],
      credential: "CREDENTIAL_KIND_SESSION",
    });
    expect(await passkeysOf(admin(), "carol")).toMatchObject([{ slug: "carol", name: "my laptop" }]);
    expect(await actionsOf("carol")).toEqual(
      expect.arrayContaining(["session.open passkey", "user.passkey-create invitation", "user.invite admin"]),
    );
  });

  test("is shown to admins as open, expired, taken back or used, and a used one cannot be taken back", async () => {
    await scene.service.addUser("ines");
    const state = async () => {
      const { users } = await admin().identity.listUsers({});
      const { invitationExpireAt: ends, invitationUsedAt: used } = users.find(({ slug }) => slug === "ines") ?? {};
      const msOf = (time: typeof ends) => (time === undefined ? undefined : Number(time.seconds) * 1000);
      return { ends: msOf(ends), used: msOf(used) };
    };
    const none = { ends: undefined, used: undefined };
    expect(await state()).toEqual(none);
    await admin().identity.inviteUser({ slug: "ines" });
    const ends = scene.service.clock.now() + limits.invitationMs;
    expect(await state()).toEqual({ ends, used: undefined });
    scene.service.clock.advance(limits.invitationMs);
    expect(await state()).toEqual({ ends, used: undefined });
    const takeBack = () => admin().logins.removePasskey({ slug: "ines", id: "invitation" });
    await takeBack();
    expect(await state()).toEqual(none);
    const usedAt = scene.service.clock.now();
    await scene.accept("ines");
    scene.service.clock.advance(1000);
    expect(await state()).toEqual({ ends: undefined, used: usedAt });
    await expectFailure(takeBack(), { code: "NotFound", reason: "NOT_FOUND" });
    await admin().identity.inviteUser({ slug: "ines" });
    expect((await state()).used).toBeUndefined();
  });

  test("is for an admin to make, and for users who are here", async () => {
    const alice = await scene.service.addUser("alice");
    await expectFailure(alice.identity.inviteUser({ slug: "alice" }), {
      code: "PermissionDenied",
      reason: "ADMIN_ONLY",
    });
    await expectFailure(admin().identity.inviteUser({ slug: "nobody" }), { code: "NotFound", reason: "NOT_FOUND" });
    await expectFailure(admin().identity.inviteUser({ slug: "No" }), {
      code: "InvalidArgument",
      reason: "INVALID_FIELD",
    });
  });
});

describe("a sign-in with a passkey", () => {
  test("needs no name, and lasts a working day", async () => {
    await scene.service.addUser("dora");
    const { authenticator } = await scene.accept("dora");
    const page = await scene.open(await scene.signIn(authenticator));
    const { body } = await page.call(who);
    expect(body.slug).toBe("dora");
    expect(Date.parse(String(body.tokenExpireAt))).toBe(scene.service.clock.now() + limits.sessionMs);
  });

  test("is offered only where passkeys are, and once there is one", async () => {
    const methodsAt = async (host?: string) =>
      (await createPage(scene.service.url, host).call("LoginService/ListLoginMethods")).body;
    const passkey = {
      methods: [{ id: "passkey", name: "a passkey", kind: "LOGIN_METHOD_KIND_PASSKEY" }],
      deviceLogin: true,
      passkeyUrl: scene.origin,
    };
    expect(await methodsAt(new URL(scene.origin).host)).toMatchObject(passkey);
    expect(await methodsAt()).toMatchObject({ methods: [], passkeyUrl: scene.origin });
    const fresh = await startPasskeys();
    const { body } = await createPage(fresh.service.url, new URL(fresh.origin).host).call(
      "LoginService/ListLoginMethods",
    );
    expect(body.methods ?? []).toEqual([]);
    await fresh.stop();
  });

  test("counts the uses of a key that counts, and leaves who changed the user as it was", async () => {
    await scene.service.addUser("emma");
    const { authenticator } = await scene.accept("emma", { counts: true });
    const user = async () => (await admin().identity.listUsers({})).users.find(({ slug }) => slug === "emma");
    const before = await user();
    scene.service.clock.advance(60_000);
    for (let use = 0; use < 3; use += 1) await scene.open(await scene.signIn(authenticator));
    expect(await user()).toEqual(before);
    // A key of which some uses were at another service.
    authenticator.counter += 10;
    await scene.signIn(authenticator);
  });
});

describe("several sign-ins at once with one passkey that counts", () => {
  test("are never taken for a row that was put back", async () => {
    await scene.service.addUser("nora");
    const { authenticator } = await scene.accept("nora", { counts: true });
    for (let round = 0; round < 6; round += 1) {
      scene.service.clock.advance(60_000);
      const results = await Promise.allSettled([1, 2, 3, 4].map(() => scene.signIn(authenticator)));
      expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
      // The count of one that is finished after a later one does not go up: that is refused as a copy would be.
      const refusals = results.flatMap((result) => (result.status === "rejected" ? [codeOf(result.reason)] : []));
      expect(refusals).toEqual(refusals.map(() => "Unauthenticated"));
    }
    expect((await actionsOf("nora")).filter((action) => action.endsWith(" damaged"))).toEqual([]);
    await scene.signIn(authenticator);
  });
});

describe("the login of a terminal with a passkey", () => {
  const begin = (loopbackPort: number) =>
    scene.strangers.beginLogin({ challenge: challengeOf(verifier), loopbackPort, client: "kim@laptop" });
  /** Shows a passkey on a page, as its script does. */
  const showPasskey = async (browser: TestBrowser, page: Visited, authenticator: Authenticator) =>
    browser.submit(page, { code: await scene.signIn(authenticator) });

  test("asks for the passkey, then whether the terminal may act, and gives a session", async () => {
    await scene.service.addUser("kim");
    const { authenticator } = await scene.accept("kim");
    const { loginId, url } = await begin(9);
    expect(url).toBe(`${scene.origin}/login/cli?id=${loginId}`);
    const browser = createBrowser();
    const page = await browser.goTo(url);
    expect(page.text).toContain("Use a passkey");
    expect(page.headers.get("content-security-policy")).toMatch(/script-src 'sha256-[^']+'; connect-src 'self'$/);
    const shown = await showPasskey(browser, page, authenticator);
    const asked = await browser.goTo(new URL(shown.goesTo ?? "", scene.origin).href);
    expect(asked.text).toContain("Let this terminal act for kim of default?");
    const approved = await browser.submit(asked, { answer: "yes" });
    const code = new URL(approved.goesTo ?? "").searchParams.get("code") ?? "";
    const { token, who: caller } = await scene.strangers.finishLogin({ loginId, verifier, code });
    expect(caller).toMatchObject({ slug: "kim", tenant: "default" });
    expect((await scene.service.as(token).identity.whoAmI({})).slug).toBe("kim");
    const [passkey] = await passkeysOf(admin(), "kim");
    await admin().logins.removePasskey({ slug: "kim", id: passkey?.id ?? "" });
    scene.service.clock.advance(2000);
    await expectFailure(scene.service.as(token).identity.whoAmI({}), {
      code: "Unauthenticated",
      reason: "UNAUTHENTICATED",
    });
  });

  test("on another machine begins with the typed code, and can be refused", async () => {
    await scene.service.addUser("lea");
    const { authenticator } = await scene.accept("lea");
    const { loginId, url, userCode } = await begin(0);
    const browser = createBrowser();
    const typed = await browser.submit(await browser.goTo(url), { code: userCode });
    const shown = await showPasskey(browser, typed, authenticator);
    const asked = await browser.goTo(new URL(shown.goesTo ?? "", scene.origin).href);
    await browser.submit(asked, { answer: "no" });
    const denied = { code: "PermissionDenied", reason: "LOGIN_DENIED" } as const;
    await expectFailure(scene.strangers.finishLogin({ loginId, verifier }), denied);
    const refusal = (await scene.service.auditEvents()).find(({ action }) => action === "session.refused");
    expect(refusal).toMatchObject({ rule: "declined", key: "lea", names: ["passkey"] });
  });

  test("takes no code but that of a passkey, and takes it once", async () => {
    await scene.service.addUser("mia");
    const { authenticator } = await scene.accept("mia");
    const { url } = await begin(9);
    const browser = createBrowser();
    const page = await browser.goTo(url);
    const { code } = await admin().logins.createHandoff({});
    const used = await scene.signIn(authenticator);
    expect((await browser.submit(page, { code: used })).status).toBe(200);
    for (const wrong of [code, used, "", "x".repeat(43)]) {
      expect((await browser.submit(page, { code: wrong })).status).toBe(400);
    }
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const submitted = await browser.submit(page, { code: await scene.signIn(authenticator) }, foreign);
    expect(submitted.status).toBe(403);
  });
});

describe("the passkeys of a user", () => {
  test("are made in a session that began with one, up to a number", async () => {
    await scene.service.addUser("fred");
    const { handoff } = await scene.accept("fred");
    const page = await scene.open(handoff);
    const made = [];
    for (let number = 2; number <= limits.passkeys + 1; number += 1) {
      const { body: begun } = await page.call("LoginService/BeginPasskeyRegistration");
      const authenticator = createAuthenticator(scene.origin);
      const { excludeCredentials } = JSON.parse(String(begun.options));
      expect(excludeCredentials).toHaveLength(number - 1);
      const credential = authenticator.make(String(begun.options));
      const request = { challengeId: begun.challengeId, credential, name: `key ${number}` };
      made.push({ authenticator, answer: await page.call("LoginService/FinishPasskeyRegistration", request) });
    }
    expect(made.map(({ answer }) => answer.status)).toEqual([...Array(limits.passkeys - 1).fill(200), 429]);
    const second = made[0]?.authenticator;
    if (second === undefined) throw new Error("no passkey was made");
    await scene.open(await scene.signIn(second));
  });

  test("are removed by the user or an admin, and the sessions that began with one end with it", async () => {
    await scene.service.addUser("gina");
    const first = await scene.accept("gina");
    const second = await scene.accept("gina", { name: "phone" });
    const [page, other] = [await scene.open(first.handoff), await scene.open(second.handoff)];
    // A session that was made from one of them.
    const { body } = await page.call("LoginService/CreateHandoff");
    const third = await scene.open(String(body.code));
    const list = (await page.call("LoginService/ListPasskeys")).body.passkeys as { id: string; name: string }[];
    const laptop = list.find(({ name }) => name === "laptop");
    expect((await other.call("LoginService/RemovePasskey", { id: laptop?.id })).status).toBe(200);
    scene.service.clock.advance(2000);
    for (const ended of [page, third]) expect((await ended.call(who)).status).toBe(401);
    expect((await other.call(who)).status).toBe(200);
    await expectFailure(scene.signIn(first.authenticator), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const [phone] = await passkeysOf(admin(), "gina");
    await admin().logins.removePasskey({ id: phone?.id ?? "", slug: "gina" });
    scene.service.clock.advance(2000);
    expect((await other.call(who)).status).toBe(401);
    await expectFailure(scene.signIn(second.authenticator), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    expect(await actionsOf("gina")).toEqual(
      expect.arrayContaining([
        "user.passkey-remove own-passkey",
        "user.passkey-remove admin",
        "session.end passkey-removed",
      ]),
    );
    const gone = { id: phone?.id ?? "", slug: "gina" };
    await expectFailure(admin().logins.removePasskey(gone), { code: "NotFound", reason: "NOT_FOUND" });
  });

  test("end with the user, also those that are used at that moment", async () => {
    await scene.service.addUser("hugo");
    const { authenticator, handoff } = await scene.accept("hugo");
    const waiting = await scene.signIn(authenticator);
    const page = await scene.open(handoff);
    await admin().identity.removeUsers({ slugs: ["hugo"] });
    scene.service.clock.advance(2000);
    expect((await page.call(who)).status).toBe(401);
    await expect(scene.open(waiting)).rejects.toThrow("no session");
    await expectFailure(scene.signIn(authenticator), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    // Another person with the same name begins without any.
    await admin().identity.saveUsers({ users: [{ slug: "hugo", reuse: true }] });
    expect(await passkeysOf(admin(), "hugo")).toEqual([]);
    await expectFailure(scene.signIn(authenticator), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
  });

  test("survive a change of roles", async () => {
    await scene.service.addUser("ines");
    const { authenticator } = await scene.accept("ines");
    await admin().identity.saveUsers({ users: [{ slug: "ines", roles: ["team-i"] }] });
    const page = await scene.open(await scene.signIn(authenticator));
    expect((await page.call(who)).body.roles).toEqual(["team-i"]);
  });
});
