import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { createAuthenticator } from "../support/login/authenticator.ts";
import { passkeysOf, startAttackedPasskeys, type TestPasskeys } from "../support/login/passkeys.ts";

// What an attacker can do to add or remove a passkey that is not theirs, or not here.

let scene: TestPasskeys;
beforeAll(async () => {
  scene = await startAttackedPasskeys();
});
afterAll(() => scene.stop());
// The limits on one address are for a minute.
beforeEach(() => scene.service.clock.advance(60_000));

const admin = () => scene.service.admin;
const unauthenticated = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;

describe("threat 198: a new passkey", () => {
  test("is not made with a token, which it would outlast, unless by an admin", async () => {
    const zoe = await scene.service.addUser("zoe");
    const refused = { code: "FailedPrecondition", reason: "LOGIN_UNAVAILABLE" } as const;
    await expectFailure(zoe.logins.beginPasskeyRegistration({}), refused);
    await expectFailure(
      zoe.logins.finishPasskeyRegistration({ challengeId: "x", credential: '{"id":"x","response":{}}' }),
      refused,
    );
    const { code } = await zoe.logins.createHandoff({});
    const page = await scene.open(code);
    expect((await page.call("LoginService/BeginPasskeyRegistration")).status).toBe(400);
    const { secret } = await admin().identity.createToken({
      slug: "admin",
      grants: [{ action: "read", keyPatterns: ["*"] }],
    });
    const narrowed = scene.service.as(secret);
    const notGranted = { code: "PermissionDenied", reason: "NOT_GRANTED" } as const;
    await expectFailure(narrowed.logins.beginPasskeyRegistration({}), notGranted);
    await expectFailure(narrowed.logins.listPasskeys({}), notGranted);
    await expectFailure(narrowed.identity.inviteUser({ slug: "zoe" }), notGranted);
    await admin().logins.beginPasskeyRegistration({});
  });

  test("is not made with the question of another user", async () => {
    const { handoff } = await scene.accept("mallory");
    const page = await scene.open(handoff);
    const { challengeId, options } = await admin().logins.beginPasskeyRegistration({});
    const credential = createAuthenticator(scene.origin).make(options);
    expect((await page.call("LoginService/FinishPasskeyRegistration", { challengeId, credential })).status).toBe(400);
    expect(await passkeysOf(admin(), "admin")).toEqual([]);
  });

  test("is made here, by a verified owner, for this question", async () => {
    for (const differences of [
      { origin: "https://evil.example" },
      { rpId: "evil.example" },
      { type: "webauthn.get" },
      { flags: 0x01 },
      { challenge: "AAAA" },
      { id: "AAAA" },
    ]) {
      await expectFailure(scene.accept("alice", { differences }), unauthenticated);
      scene.service.clock.advance(20_000);
    }
  });

  test("brings no certificates: their addresses would be called", async () => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls += 1;
      response.end();
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const certificate = Buffer.from(`http://127.0.0.1:${port}/crl`);
    for (const format of ["packed", "fido-u2f", "tpm", "apple", "android-key", "android-safetynet", "unknown"]) {
      const statement = new Map<string, string | Buffer | number | readonly Buffer[]>([
        ["alg", -7],
        ["sig", Buffer.alloc(64)],
        ["x5c", [certificate, certificate]],
      ]);
      await expectFailure(scene.accept("alice", { differences: { format, statement } }), unauthenticated);
      scene.service.clock.advance(20_000);
    }
    expect(calls).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("threat 200: more rights than before", () => {
  test("an admin who is not an operator invites no operator, and removes none of their passkeys", async () => {
    const chief = await scene.service.addUser("chief", { admin: true });
    const operatorOnly = { code: "PermissionDenied", reason: "OPERATOR_ONLY" } as const;
    await expectFailure(chief.identity.inviteUser({ slug: "admin" }), operatorOnly);
    await expectFailure(chief.identity.inviteUser({ slug: "alice", tenant: "other" }), operatorOnly);
    await expectFailure(chief.logins.listPasskeys({ slug: "admin" }), operatorOnly);
    const { authenticator } = await scene.accept("admin");
    const [passkey] = await passkeysOf(admin(), "admin");
    await expectFailure(chief.logins.removePasskey({ slug: "admin", id: passkey?.id ?? "" }), operatorOnly);
    await scene.signIn(authenticator);
  });

  test("others see and remove only their own", async () => {
    const nora = await scene.service.addUser("nora");
    await scene.accept("alice");
    const [passkey] = await passkeysOf(admin(), "alice");
    const adminOnly = { code: "PermissionDenied", reason: "ADMIN_ONLY" } as const;
    await expectFailure(nora.logins.listPasskeys({ slug: "alice" }), adminOnly);
    await expectFailure(nora.logins.removePasskey({ slug: "alice", id: passkey?.id ?? "" }), adminOnly);
    await expectFailure(nora.logins.removePasskey({ id: passkey?.id ?? "" }), {
      code: "NotFound",
      reason: "NOT_FOUND",
    });
    expect((await nora.logins.listPasskeys({})).passkeys).toEqual([]);
  });
});
