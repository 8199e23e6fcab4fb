import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { expectFailure } from "../support/api/failure.ts";
import { createAuthenticator, verified } from "../support/login/authenticator.ts";
import { passkeysOf, startAttackedPasskeys, startPasskeys, type TestPasskeys } from "../support/login/passkeys.ts";

// What an attacker can do with a passkey, an invitation or an answer that is not theirs, or not for this.

let scene: TestPasskeys;
beforeAll(async () => {
  scene = await startAttackedPasskeys();
});
afterAll(() => scene.stop());
// The limits on one address are for a minute.
beforeEach(() => scene.service.clock.advance(60_000));

const admin = () => scene.service.admin;
const unauthenticated = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;
const over = { code: "FailedPrecondition", reason: "LOGIN_EXPIRED" } as const;
const asked = () => scene.strangers.beginPasskeyLogin({});
const finish = (challengeId: string, credential: string) =>
  scene.strangers.finishPasskeyLogin({ challengeId, credential });
const newestRefusal = async () =>
  (await scene.service.auditEvents()).find(({ action }) => action === "session.refused");

describe("threat 196: an invitation", () => {
  test("works once, also when it is accepted twice at the same time", async () => {
    const { code: invitation } = await admin().identity.inviteUser({ slug: "alice" });
    const attempts = await Promise.all(
      [1, 2, 3].map(async () => {
        const { challengeId, options } = await scene.strangers.beginInvitation({ invitation });
        const credential = createAuthenticator(scene.origin).make(options);
        return { invitation, challengeId, credential };
      }),
    );
    const results = await Promise.allSettled(attempts.map((attempt) => scene.strangers.acceptInvitation(attempt)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await passkeysOf(admin(), "alice")).toHaveLength(1);
    await expectFailure(scene.strangers.beginInvitation({ invitation }), over);
  });

  test("ends after a day, with a newer one, with the user, and when the user is of a provider", async () => {
    const invite = async (slug: string) => (await admin().identity.inviteUser({ slug })).code;
    const refused = (invitation: string) => expectFailure(scene.strangers.beginInvitation({ invitation }), over);
    const first = await invite("alice");
    const second = await invite("alice");
    await refused(first);
    scene.service.clock.advance(limits.invitationMs - 1);
    await scene.strangers.beginInvitation({ invitation: second });
    scene.service.clock.advance(1);
    await refused(second);
    const takenBack = await invite("alice");
    await admin().logins.removePasskey({ slug: "alice", id: "invitation" });
    await refused(takenBack);
    const gone = { code: "NotFound", reason: "NOT_FOUND" } as const;
    await expectFailure(admin().logins.removePasskey({ slug: "alice", id: "invitation" }), gone);
    await scene.service.addUser("gone");
    const third = await invite("gone");
    await admin().identity.removeUsers({ slugs: ["gone"] });
    await refused(third);
    await admin().identity.saveUsers({ users: [{ slug: "gone", reuse: true }] });
    await refused(third);
  });

  test("is for its user: not with the question of another one, and not for another name", async () => {
    const { code: ofMallory } = await admin().identity.inviteUser({ slug: "mallory" });
    const { code: ofAlice } = await admin().identity.inviteUser({ slug: "alice" });
    const forged = ofMallory.replace("_mallory_", "_alice_");
    for (const invitation of [forged, "x", `${ofMallory}x`, ofMallory.slice(0, -1), ofMallory.toUpperCase()]) {
      await expectFailure(scene.strangers.beginInvitation({ invitation }), over);
    }
    const authenticator = createAuthenticator(scene.origin);
    const { challengeId, options } = await scene.strangers.beginInvitation({ invitation: ofMallory });
    const credential = authenticator.make(options);
    await expectFailure(scene.strangers.acceptInvitation({ invitation: ofAlice, challengeId, credential }), over);
    const login = await asked();
    await expectFailure(
      scene.strangers.acceptInvitation({ invitation: ofAlice, challengeId: login.challengeId, credential }),
      over,
    );
  });

  test("is stored only as a hash, and in no record", async () => {
    const { code } = await admin().identity.inviteUser({ slug: "mallory" });
    const secret = code.slice(-43);
    const entries = readdirSync(scene.service.dataDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
    expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes(hash("sha256", secret, "base64url"))).toBe(true);
    expect(
      JSON.stringify(await scene.service.auditEvents(), (_, each) => (typeof each === "bigint" ? 0 : each)),
    ).not.toContain(secret);
  });
});

describe("threat 197: an answer of a passkey", () => {
  test("counts for one question, once, and within five minutes", async () => {
    const { authenticator } = await scene.accept("alice");
    const { challengeId, options } = await asked();
    const credential = authenticator.use(options);
    await finish(challengeId, credential);
    await expectFailure(finish(challengeId, credential), over);
    const other = await asked();
    await expectFailure(finish(other.challengeId, credential), unauthenticated);
    // A wrong answer uses the question up as well.
    await expectFailure(finish(other.challengeId, authenticator.use(other.options)), over);
    const late = await asked();
    scene.service.clock.advance(limits.passkeyMs);
    await expectFailure(finish(late.challengeId, authenticator.use(late.options)), over);
  });

  test("is refused for another origin, another host, another kind, or without the owner", async () => {
    const { authenticator } = await scene.accept("alice");
    const { port } = new URL(scene.origin);
    for (const differences of [
      { origin: "https://evil.example" },
      { origin: `http://127.0.0.1:${port}` },
      { origin: `http://localhost:${Number(port) + 1}` },
      { origin: `https://localhost:${port}` },
      { rpId: "evil.example" },
      { rpId: "127.0.0.1" },
      { type: "webauthn.create" },
      { challenge: Buffer.alloc(32).toString("base64url") },
      // Present only; verified only.
      { flags: 0x01 },
      { flags: verified },
    ]) {
      await expectFailure(scene.signIn(authenticator, differences), unauthenticated);
      scene.service.clock.advance(10_000);
    }
    expect(await newestRefusal()).toMatchObject({ rule: "passkey", key: "alice", decision: 2 });
    await scene.signIn(authenticator);
  });

  test("is that of its own user: not with another name, another id, another key", async () => {
    const [{ authenticator: alice }, { authenticator: mallory }] = [
      await scene.accept("alice"),
      await scene.accept("mallory"),
    ];
    for (const differences of [
      { userHandle: alice.userHandle },
      { id: alice.id },
      { id: alice.id, userHandle: alice.userHandle },
      { userHandle: "" },
      { userHandle: "A".repeat(43) },
    ]) {
      await expectFailure(scene.signIn(mallory, differences), unauthenticated);
      scene.service.clock.advance(10_000);
    }
    await expectFailure(scene.signIn(alice, { key: mallory.key }), unauthenticated);
    // The id of another user's passkey in the own list is still the own passkey.
    const page = await scene.open(await scene.signIn(mallory));
    const { body } = await page.call("LoginService/BeginPasskeyRegistration");
    const credential = mallory.make(String(body.options), { id: alice.id });
    const made = await page.call("LoginService/FinishPasskeyRegistration", {
      challengeId: body.challengeId,
      credential,
    });
    expect(made.status).toBe(400);
  });

  test("with a count that does not go up is that of a copy", async () => {
    const { authenticator } = await scene.accept("alice", { counts: true });
    authenticator.counter = 7;
    await scene.signIn(authenticator);
    for (const counter of [8, 7, 1, 0]) {
      scene.service.clock.advance(20_000);
      await expectFailure(scene.signIn(authenticator, { counter }), unauthenticated);
      expect(await newestRefusal()).toMatchObject({ rule: "passkey-counter", key: "alice" });
    }
    // Of two copies that are used at once, one gets in.
    const questions = [await asked(), await asked()];
    authenticator.counter = 20;
    const answers = questions.map(({ options }) => authenticator.use(options, { counter: 21 }));
    const results = await Promise.allSettled(
      questions.map(({ challengeId }, at) => finish(challengeId, answers[at] ?? "")),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("of any other form is refused", async () => {
    const { authenticator } = await scene.accept("alice");
    const invalid = { code: "InvalidArgument", reason: "INVALID_FIELD" } as const;
    for (const credential of ["", "null", "[]", "{", '"x"', '{"id":1,"response":{}}', '{"id":"x","response":[]}']) {
      await expectFailure(finish("x", credential), invalid);
      scene.service.clock.advance(10_000);
    }
    const long = `{"id":"${"x".repeat(limits.passkeyAnswerBytes)}","response":{}}`;
    await expectFailure(finish("x", long), { code: "InvalidArgument", reason: "LIMIT_EXCEEDED" });
    const { challengeId, options } = await asked();
    const whole = JSON.parse(authenticator.use(options));
    const nested = "[".repeat(7000) + "]".repeat(7000);
    for (const response of [{}, { ...whole.response, signature: 1 }, { ...whole.response, clientDataJSON: nested }]) {
      const question = await asked();
      await expectFailure(finish(question.challengeId, JSON.stringify({ ...whole, response })), unauthenticated);
      scene.service.clock.advance(10_000);
    }
    await finish(challengeId, JSON.stringify(whole));
  });
});

describe("threat 201: strangers", () => {
  test("ask and answer only so often from one address, and learn nothing about who has a passkey", async () => {
    const limited = await startPasskeys();
    const ask = () => limited.strangers.beginPasskeyLogin({});
    const results: string[] = [];
    for (let call = 0; call <= limits.loginCallsPerMinute; call += 1) {
      await ask().then(
        () => results.push("asked"),
        ({ rawMessage }: { rawMessage: string }) => results.push(rawMessage),
      );
    }
    expect(results.filter((result) => result === "asked")).toHaveLength(limits.loginCallsPerMinute);
    expect(results.at(-1)).toMatch(/more than 20 calls/);
    limited.service.clock.advance(60_000);
    const { options } = await ask();
    await limited.stop();
    expect(JSON.parse(options).allowCredentials ?? []).toEqual([]);
  });
});
