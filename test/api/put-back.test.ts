import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuditDecision } from "../../gen/secret/v1/audit_service_pb.ts";
import { Reason } from "../../gen/secret/v1/error_pb.ts";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";
import { editorOf, type RowEditor } from "../support/hostile/edit-rows.ts";

let service: TestService;
let editor: RowEditor;
let admin: Api;
let alice: Api;

const key = "alice/KEY";
const damaged = { code: "DataLoss", reason: "INTEGRITY", key } as const;
const shutOut = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;

beforeEach(async () => {
  service = await startService(inMemory);
  editor = editorOf(service);
  admin = service.admin;
  alice = await service.addUser("alice", { roles: ["team-a"] });
});
afterEach(() => service.stop());

async function save(value: string): Promise<void> {
  service.clock.advance(1_000);
  await alice.secrets.saveSecrets({ secrets: [{ key, value }] });
}

/** Past the time for which a checked token is believed. */
function forgetCallers(): void {
  service.clock.advance(1_001);
}

async function findings(): Promise<string[]> {
  return (await admin.secrets.isSecure({})).findings
    .filter(({ id }) => id === "stored-data")
    .map(({ summary }) => summary);
}

async function integrityEvents() {
  return (await service.auditEvents()).filter(
    ({ rule, decision }) => rule === "integrity" && decision === AuditDecision.REFUSED,
  );
}

async function expectPutBack(): Promise<void> {
  for (const api of [alice, admin]) {
    const { secrets, errors, missingKeys } = await api.secrets.listSecrets({ keys: [key] });
    expect({ secrets, missingKeys }).toEqual({ secrets: [], missingKeys: [] });
    expect(errors).toMatchObject([{ key, reason: Reason.INTEGRITY }]);
    const page = await api.secrets.listSecrets({ view: SecretView.METADATA });
    expect(page.secrets.map((each) => each.key)).not.toContain(key);
    expect(page.errors).toMatchObject([{ key, reason: Reason.INTEGRITY }]);
  }
  await expectFailure(alice.secrets.saveSecrets({ secrets: [{ key, value: "x" }] }), damaged);
  await expectFailure(alice.secrets.removeSecrets({ keys: [key] }), damaged);
  await expectFailure(alice.secrets.listVersions({ key }), damaged);
  expect(await findings()).toEqual([expect.stringContaining(`the secret ${key}`)]);
  expect((await findings())[0]).toContain("an old row was put back");
  expect(await integrityEvents()).toContainEqual(expect.objectContaining({ key, action: "secret.read" }));
}

describe("fault B5: a whole old row of a secret that was put back", () => {
  it("is not given out, not changed, and reported, until an admin replaces it", async () => {
    await save("one");
    const old = await editor.copy("secrets", key);
    await save("two");
    expect((await alice.secrets.listSecrets({ keys: [key] })).secrets).toMatchObject([{ value: "two" }]);
    await editor.putBack(old);
    await expectPutBack();
    const { results } = await admin.secrets.saveSecrets({ secrets: [{ key, value: "three", readers: ["alice"] }] });
    expect(results).toMatchObject([{ version: 3 }]);
    expect((await alice.secrets.listSecrets({ keys: [key] })).secrets).toMatchObject([{ value: "three", version: 3 }]);
    expect(await findings()).toEqual([]);
  });

  it("is noticed at its first read, before this version was ever read", async () => {
    await save("one");
    const old = await editor.copy("secrets", key);
    await save("two");
    await editor.putBack(old);
    await expectPutBack();
    expect((await admin.secrets.removeSecrets({ keys: [key] })).removed).toMatchObject([{ version: 3 }]);
  });

  it("is noticed behind plans, and saves and restores that changed nothing", async () => {
    await save("one");
    const old = await editor.copy("secrets", key);
    await save("two");
    const same = { secrets: [{ key, value: "two" }], idempotencyKey: "same" };
    for (let repeat = 0; repeat < 2; repeat += 1) {
      service.clock.advance(1_000);
      await alice.secrets.saveSecrets({ secrets: [{ key, value: "three" }], validateOnly: true });
      await alice.secrets.saveSecrets(same);
      await alice.secrets.restoreVersion({ key, version: 2, idempotencyKey: "same" });
    }
    expect(await findings()).toEqual([]);
    await editor.putBack(old);
    await expectPutBack();
  });

  it("is noticed when it brings back a removed secret", async () => {
    await save("one");
    const live = await editor.copy("secrets", key);
    await alice.secrets.removeSecrets({ keys: [key] });
    await editor.putBack(live);
    const { errors } = await admin.secrets.listSecrets({ keys: [key] });
    expect(errors).toMatchObject([{ key, reason: Reason.INTEGRITY }]);
    expect((await admin.secrets.purgeSecrets({ keys: [key] })).purged).toMatchObject([{ key }]);
  });

  it("is noticed when it brings back a purged secret, or the one before it under the same key", async () => {
    await save("one");
    await save("two");
    const before = await editor.copy("secrets", key);
    await alice.secrets.removeSecrets({ keys: [key] });
    await admin.secrets.purgeSecrets({ keys: [key] });
    await editor.putBack(before);
    expect((await admin.secrets.listSecrets({ keys: [key] })).errors).toMatchObject([{ key }]);
    await admin.secrets.purgeSecrets({ keys: [key] });
    await save("again");
    expect((await admin.secrets.listSecrets({ keys: [key] })).secrets).toMatchObject([{ value: "again", version: 1 }]);
    await editor.putBack(before);
    expect((await admin.secrets.listSecrets({ keys: [key] })).errors).toMatchObject([{ key }]);
  });

  it("is not suspected of what the clock did, nor of what happens at the same time", async () => {
    await save("one");
    service.clock.step(-600_000);
    await save("two");
    service.clock.step(-600_000);
    await alice.secrets.removeSecrets({ keys: [key] });
    await admin.secrets.purgeSecrets({ keys: [key] });
    service.clock.step(-600_000);
    await save("again");
    const { secrets } = await admin.secrets.listSecrets({ keys: [key] });
    expect(secrets).toMatchObject([{ value: "again", version: 1 }]);
    const work = Array.from({ length: 60 }, async (_, at) => {
      if (at % 3 === 0) await alice.secrets.saveSecrets({ secrets: [{ key, value: `${at}` }] }).catch(() => undefined);
      const answer = await (at % 2 === 0 ? admin : alice).secrets.listSecrets({ keys: [key] });
      return answer.errors;
    });
    expect((await Promise.all(work)).flat()).toEqual([]);
    expect(await findings()).toEqual([]);
    expect(await integrityEvents()).toEqual([]);
  });
});

describe("fault B5: a whole old row of a user or a token that was put back", () => {
  it("a revoked token stays revoked, and the attempt is recorded", async () => {
    const { tokenId } = await alice.identity.whoAmI({});
    const row = await editor.copy("tokens", tokenId);
    await admin.identity.revokeToken({ id: tokenId });
    await editor.putBack(row);
    forgetCallers();
    await expectFailure(alice.identity.whoAmI({}), shutOut);
    expect(await findings()).toEqual([expect.stringContaining(`the token ${tokenId}`)]);
    const [event] = await integrityEvents();
    expect(event).toMatchObject({ action: "integrity.token", key: tokenId, filter: "put-back" });
    await admin.identity.revokeToken({ id: tokenId });
    expect(await findings()).toEqual([]);
  });

  it("a token of a removed user gives no access to the next user of that name", async () => {
    const { tokenId } = await alice.identity.whoAmI({});
    const row = await editor.copy("tokens", tokenId);
    await admin.identity.removeUsers({ slugs: ["alice"] });
    await admin.identity.saveUsers({ users: [{ slug: "alice", reuse: true }] });
    await editor.putBack(row);
    forgetCallers();
    await expectFailure(alice.identity.whoAmI({}), shutOut);
    const { secret } = await admin.identity.createToken({ slug: "alice" });
    expect(await service.as(secret).identity.whoAmI({})).toMatchObject({ slug: "alice" });
  });

  it.each([
    ["a removed user", async () => void (await admin.identity.removeUsers({ slugs: ["alice"] }))],
    ["a former admin", async () => void (await admin.identity.saveUsers({ users: [{ slug: "alice", admin: false }] }))],
    [
      "a user with a former role",
      async () => void (await admin.identity.saveUsers({ users: [{ slug: "alice", roles: ["team-b"] }] })),
    ],
  ])("%s has no access, and an admin decides anew", async (_what, change) => {
    await admin.identity.saveUsers({ users: [{ slug: "alice", admin: true }] });
    const { tokenId } = await alice.identity.whoAmI({});
    const [user, token] = [await editor.copy("users", "alice"), await editor.copy("tokens", tokenId)];
    service.clock.advance(5_000);
    await change();
    await editor.putBack(user);
    await editor.putBack(token);
    forgetCallers();
    await expectFailure(alice.identity.whoAmI({}), shutOut);
    await expectFailure(admin.identity.createToken({ slug: "alice" }), { code: "DataLoss", reason: "INTEGRITY" });
    await admin.identity.saveUsers({ users: [{ slug: "alice", roles: ["team-c"] }] });
    const { secret } = await admin.identity.createToken({ slug: "alice" });
    expect(await service.as(secret).identity.whoAmI({})).toMatchObject({ admin: false, roles: ["team-c"] });
  });

  it("no user is suspected of what the clock did, nor of a batch in which nothing changed for them", async () => {
    const bob = await service.addUser("bob");
    service.clock.step(-600_000);
    await admin.identity.saveUsers({ users: [{ slug: "alice", roles: ["team-b"] }, { slug: "bob" }] });
    service.clock.step(-600_000);
    await admin.identity.removeUsers({ slugs: ["bob"] });
    service.clock.step(-600_000);
    await admin.identity.saveUsers({ users: [{ slug: "bob", reuse: true }] });
    const { secret } = await admin.identity.createToken({ slug: "bob" });
    forgetCallers();
    expect(await alice.identity.whoAmI({})).toMatchObject({ roles: ["team-b"] });
    expect(await service.as(secret).identity.whoAmI({})).toMatchObject({ slug: "bob" });
    await expectFailure(bob.identity.whoAmI({}), shutOut);
    expect(await findings()).toEqual([]);
  });
});
