import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import { type Intruder, intrude } from "../support/hostile/database.ts";
import type { Authenticator } from "../support/login/authenticator.ts";
import { passkeysOf, startPasskeys, type TestPasskeys } from "../support/login/passkeys.ts";

// What someone can do who writes to the database files.

let scene: TestPasskeys;
let intruder: Intruder;
let alice: Authenticator;
let mallory: Authenticator;

beforeEach(async () => {
  scene = await startPasskeys();
  for (const slug of ["alice", "mallory"]) await scene.service.addUser(slug);
  alice = (await scene.accept("alice")).authenticator;
  mallory = (await scene.accept("mallory")).authenticator;
  intruder = intrude(scene.service.dataDir);
});
afterEach(async () => {
  intruder.close();
  await scene.stop();
});

const unknown = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;

/** Past what is believed without asking the store. */
async function run(sql: string, ...values: Parameters<Intruder["run"]>[1][]): Promise<void> {
  expect(await intruder.run(sql, ...values)).toBeGreaterThan(0);
  scene.service.clock.advance(2_000);
}

describe("threat 199: the passkeys of a row", () => {
  it.each([
    ["with those of another user", "passkeys = (SELECT passkeys FROM users WHERE slug = 'mallory')"],
    ["with another name for authenticators", "handle = (SELECT handle FROM users WHERE slug = 'mallory')"],
    ["without any", "handle = '', passkeys = ''"],
    ["with a malformed text", "passkeys = 'x'"],
    ["with another counter", "passkeys = replace(passkeys, ',0,', ',9,')"],
    ["with another name", "passkeys = replace(passkeys, 'laptop', 'phone')"],
  ])("%s let no one in", async (_name, assignment) => {
    await run(`UPDATE users SET ${assignment} WHERE slug = 'alice'`);
    await expectFailure(scene.signIn(alice), unknown);
    await scene.signIn(mallory);
    await expectFailure(scene.service.admin.logins.listPasskeys({ slug: "alice" }), {
      code: "DataLoss",
      reason: "INTEGRITY",
    });
  });

  it("do not come back with an earlier row: one that was removed", async () => {
    const before = intruder.row("SELECT * FROM users WHERE slug = 'alice'");
    const [passkey] = await passkeysOf(scene.service.admin, "alice");
    scene.service.clock.advance(1_000);
    await scene.service.admin.logins.removePasskey({ slug: "alice", id: passkey?.id ?? "" });
    const names = Object.keys(before);
    const putBack = `UPDATE users SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE slug = 'alice'`;
    await run(putBack, ...Object.values(before));
    await expectFailure(scene.signIn(alice), { code: "PermissionDenied", reason: "LOGIN_DENIED" });
    const refusal = (await scene.service.auditEvents()).find(({ action }) => action === "session.refused");
    expect(refusal).toMatchObject({ key: "alice", rule: "damaged" });
  });

  it("threat 218: do not come back with an earlier count, which a copied authenticator would still exceed", async () => {
    await scene.service.addUser("emma");
    const { authenticator } = await scene.accept("emma", { counts: true });
    await scene.signIn(authenticator);
    const before = intruder.row("SELECT * FROM users WHERE slug = 'emma'");
    const copy = authenticator.counter;
    for (let use = 0; use < 3; use += 1) await scene.signIn(authenticator);
    authenticator.counter = copy;
    await expectFailure(scene.signIn(authenticator), unknown);
    const counted = (await scene.service.auditEvents()).filter(({ action }) => action === "passkey.use");
    expect(counted.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
    const [passkey] = await passkeysOf(scene.service.admin, "emma");
    expect(counted.every(({ key, principal }) => key === passkey?.id && principal === "emma")).toBe(true);

    const names = Object.keys(before);
    const putBack = `UPDATE users SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE slug = 'emma'`;
    await run(putBack, ...Object.values(before));
    await expectFailure(scene.signIn(authenticator), { code: "PermissionDenied", reason: "LOGIN_DENIED" });
    const refusals = (await scene.service.auditEvents()).filter(({ action }) => action === "session.refused");
    expect(refusals.map(({ rule }) => rule).sort()).toEqual(["damaged", "passkey-counter"]);
    const { findings } = await scene.service.admin.secrets.isSecure({});
    expect(findings.map(({ id }) => id)).toContain("stored-data");
  });

  it("do not come back with an earlier row: an invitation that was used", async () => {
    const { code: invitation } = await scene.service.admin.identity.inviteUser({ slug: "alice" });
    const invited = intruder.row("SELECT * FROM users WHERE slug = 'alice'");
    scene.service.clock.advance(1_000);
    const { challengeId, options } = await scene.strangers.beginInvitation({ invitation });
    await scene.strangers.acceptInvitation({ invitation, challengeId, credential: mallory.make(options) });
    const names = Object.keys(invited);
    const putBack = `UPDATE users SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE slug = 'alice'`;
    await run(putBack, ...Object.values(invited));
    const over = { code: "FailedPrecondition", reason: "LOGIN_EXPIRED" } as const;
    await expectFailure(scene.strangers.beginInvitation({ invitation }), over);
  });
});
