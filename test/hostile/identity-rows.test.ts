import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { hashToken } from "../../src/rules/token.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";
import { type Intruder, intrude } from "../support/hostile/database.ts";

let service: TestService;
let intruder: Intruder;
let alice: Api;
let mallory: Api;

const refused = { code: "Unauthenticated", reason: "UNAUTHENTICATED" } as const;
const broken = { code: "DataLoss", reason: "INTEGRITY" } as const;

beforeEach(async () => {
  service = await startService(inMemory);
  alice = await service.addUser("alice", { roles: ["team-a"] });
  mallory = await service.addUser("mallory", { roles: ["team-m", "team-z"] });
  await service.admin.secrets.saveSecrets({
    secrets: [{ key: "prod/KEY", value: "the-canary", readers: ["alice", "team-a"] }],
  });
  intruder = intrude(service.dataDir);
});

afterEach(async () => {
  intruder.close();
  await service.stop();
});

/**
 * Longer than a checked token is believed without asking the store, and past this turn's reads, which share a snapshot.
 */
async function forgetBelieved(): Promise<void> {
  service.clock.advance(1_001);
  await setImmediate();
}

async function run(sql: string, ...values: (string | Uint8Array)[]): Promise<void> {
  expect(await intruder.run(sql, ...values)).toBe(1);
  await forgetBelieved();
}

/** The caller has no more rights than before: not even to say who it is. */
async function expectShutOut(api: Api): Promise<void> {
  await expectFailure(api.identity.whoAmI({}), refused);
  await expectFailure(api.secrets.listSecrets({ keys: ["prod/KEY"] }), refused);
  await expectFailure(api.identity.saveUsers({ users: [{ slug: "eve", admin: true }] }), refused);
}

describe("the row of a user", () => {
  it.each([
    ["made an admin", "admin = 1"],
    ["made an operator", "operator = 1"],
    ["given a role", `roles = '["team-a","team-m","team-z"]'`],
    ["with another role", `roles = '["team-a"]'`],
    ["with a role less", `roles = '["team-m"]'`],
    ["with its roles in another order", `roles = '["team-z","team-m"]'`],
    ["with two roles joined", `roles = '["team-m,team-z"]'`],
    ["with roles that are not JSON", "roles = 'x'"],
    ["of another creator", "created_by = 'alice'"],
    ["of another time", "created_at_ms = created_at_ms + 1"],
    ["changed by another", "updated_by = 'alice'"],
    ["changed at another time", "updated_at_ms = updated_at_ms - 1"],
    ["of a negative time", "updated_at_ms = -1"],
    ["marked as removed", "removed = 1"],
    ["with another kid", "kid = '0011223344556677'"],
    ["with a MAC cut short", "mac = substr(mac, 1, 31)"],
    ["without a MAC", "mac = x''"],
    ["with a MAC of zeros", "mac = zeroblob(32)"],
    ["with the MAC of another user", "mac = (SELECT mac FROM users WHERE slug = 'admin')"],
    ["moved to another tenant", "tenant = 'other'"],
    ["renamed", "slug = 'renamed'"],
  ])("threat 104: %s shuts it out and gives no privilege", async (_name, assignment) => {
    await mallory.identity.whoAmI({});
    const before = intruder.row("SELECT * FROM users WHERE slug = 'mallory'");
    await run(`UPDATE users SET ${assignment} WHERE slug = 'mallory'`);
    await expectShutOut(mallory);
    await run("DELETE FROM users WHERE created_at_ms <> 0 AND (slug IN ('mallory', 'renamed'))");
    const columns = Object.keys(before);
    const marks = columns.map(() => "?").join(", ");
    await intruder.run(`INSERT INTO users (${columns.join(", ")}) VALUES (${marks})`, ...Object.values(before));
    await forgetBelieved();
    expect(await mallory.identity.whoAmI({})).toMatchObject({ slug: "mallory", admin: false, operator: false });
    expect(await mallory.secrets.listSecrets({ keys: ["prod/KEY"] })).toMatchObject({ missingKeys: ["prod/KEY"] });
  });

  it("threat 104: every bit of its MAC counts", async () => {
    const { mac } = intruder.row("SELECT mac FROM users WHERE slug = 'mallory'");
    if (!(mac instanceof Uint8Array)) throw new Error("a MAC is not a blob");
    for (let bit = 0; bit < mac.length * 8; bit += 1) {
      const flipped = Buffer.from(mac);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      await run("UPDATE users SET mac = ? WHERE slug = 'mallory'", flipped);
      await expectFailure(mallory.identity.whoAmI({}), refused);
    }
    await run("UPDATE users SET mac = ? WHERE slug = 'mallory'", mac);
    await mallory.identity.whoAmI({});
  });

  it("threat 104: a copy of the admin's under another slug is not a user", async () => {
    await intruder.run("DELETE FROM users WHERE slug = 'mallory'");
    await run(`INSERT INTO users SELECT tenant, 'mallory', roles, admin, operator, created_at_ms, created_by, updated_at_ms,
      updated_by, removed, kid, mac, issuer, subject, display_name, handle, passkeys FROM users WHERE slug = 'admin'`);
    await expectShutOut(mallory);
  });

  it("threat 104: fault B9: an edited one is shown to no one, no change of other users signs it, and an admin replaces it", async () => {
    await run("UPDATE users SET admin = 1 WHERE slug = 'mallory'");
    const { admin } = service;
    expect((await admin.identity.listUsers({})).users.map(({ slug }) => slug)).toEqual(["admin", "alice"]);
    await admin.identity.saveUsers({ users: [{ slug: "bob" }] });
    await expectFailure(admin.identity.createToken({ slug: "mallory" }), { ...broken, key: "mallory" });
    await expectShutOut(mallory);
    await admin.identity.saveUsers({ users: [{ slug: "mallory", roles: ["x"] }] });
    await forgetBelieved();
    expect(await mallory.identity.whoAmI({})).toMatchObject({ admin: false, roles: ["x"] });
  });
});

describe("the row of a token", () => {
  const ofMallory = "WHERE slug = 'mallory'";

  it.each([
    ["given to another user", "slug = 'alice'"],
    ["given to the admin", "slug = 'admin'"],
    ["that expires later", "expire_at_ms = expire_at_ms + 1"],
    ["that never expires", "expire_at_ms = 0"],
    ["of another creator", "created_by = 'alice'"],
    ["of another time", "created_at_ms = 0"],
    ["with another description", "description = 'x'"],
    ["with grants that it did not have", `grants = '["read:*"]'`],
    ["with another id", "id = 'tok_x'"],
    ["of another tenant", "tenant = 'other'"],
    ["marked as revoked", "revoked_at_ms = 1"],
    ["with another kid", "kid = ''"],
    ["without a MAC", "mac = x''"],
    ["with the MAC of another", "mac = (SELECT mac FROM tokens WHERE slug = 'admin')"],
  ])("threat 104: %s is refused", async (_name, assignment) => {
    await mallory.identity.whoAmI({});
    await run(`UPDATE tokens SET ${assignment} ${ofMallory}`);
    await expectShutOut(mallory);
  });

  it.each([
    ["no grants", "[]"],
    ["another key pattern", '["read:*"]'],
    ["another action", '["save-value:mallory/*"]'],
    ["one grant more", '["read:mallory/*","read:prod/*"]'],
    ["grants that are not a list", "{}"],
  ])("threat 104: a narrowed one with %s is refused", async (_name, grants) => {
    const { secret } = await mallory.identity.createToken({ grants: [{ action: "read", keyPatterns: ["mallory/*"] }] });
    const narrowed = service.as(secret);
    await narrowed.identity.whoAmI({});
    await run("UPDATE tokens SET grants = ? WHERE hash = ?", grants, hashToken(secret));
    await expectShutOut(narrowed);
  });

  it("threat 104: one whose hash was put into the row of another user's token is refused", async () => {
    const { hash } = intruder.row(`SELECT hash FROM tokens ${ofMallory}`);
    if (!(hash instanceof Uint8Array)) throw new Error("a hash is not a blob");
    await intruder.run(`DELETE FROM tokens ${ofMallory}`);
    await run("UPDATE tokens SET hash = ? WHERE slug = 'admin'", hash);
    await expectShutOut(mallory);
  });

  it("threat 104: a token that was made up, with a row for it, is refused", async () => {
    const secret = `oo_${"A".repeat(43)}`;
    await run(
      `INSERT INTO tokens (tenant, id, slug, hash, description, grants, created_at_ms, created_by, expire_at_ms,
        revoked_at_ms, kid, mac) SELECT tenant, 'tok_x', slug, ?, description, grants, created_at_ms, created_by, expire_at_ms,
        revoked_at_ms, kid, mac FROM tokens WHERE slug = 'admin'`,
      hashToken(secret),
    );
    await expectShutOut(service.as(secret));
  });

  it("threats 19, 104: a revoked one is not brought back by editing when it was revoked", async () => {
    const { tokenId } = await mallory.identity.whoAmI({});
    await service.admin.identity.revokeToken({ id: tokenId });
    await expectShutOut(mallory);
    await run(`UPDATE tokens SET revoked_at_ms = 0 ${ofMallory}`);
    await expectShutOut(mallory);
  });

  it("threat 104: an expired one is not brought back by editing when it expires", async () => {
    service.clock.advance(91 * 24 * 3600 * 1000);
    await expectShutOut(mallory);
    for (const expiry of ["0", "expire_at_ms + 31536000000"]) {
      await run(`UPDATE tokens SET expire_at_ms = ${expiry} ${ofMallory}`);
      await expectShutOut(mallory);
    }
  });

  it("threat 105: fault B5: a whole old row put back does not bring back a revoked token", async () => {
    const before = intruder.row(`SELECT revoked_at_ms, mac FROM tokens ${ofMallory}`);
    const { tokenId } = await mallory.identity.whoAmI({});
    await service.admin.identity.revokeToken({ id: tokenId });
    await expectShutOut(mallory);
    await intruder.run(`UPDATE tokens SET revoked_at_ms = 0, mac = ? ${ofMallory}`, before.mac ?? null);
    await forgetBelieved();
    await expectShutOut(mallory);
  });
});

describe("an idempotency record", () => {
  const request = { secrets: [{ key: "alice/A", value: "v" }], idempotencyKey: "once" };

  it.each([
    ["answer", `'[{"key":"alice/A","id":"secr_evil","outcome":"created","version":7}]'`],
    ["answer", "'x'"],
    ["request_mac", "zeroblob(32)"],
    ["created_at_ms", "created_at_ms + 1"],
    ["kid", "''"],
    ["mac", "zeroblob(32)"],
    ["mac", "x''"],
  ])("threat 104: with another %s (%s) is refused, and nothing is saved again", async (column, value) => {
    await alice.secrets.saveSecrets(request);
    expect(await intruder.run(`UPDATE idempotency SET ${column} = ${value}`)).toBe(1);
    intruder.newRecords();
    const before = intruder.revision();
    await expectFailure(alice.secrets.saveSecrets(request), broken);
    expect(intruder.revision()).toBe(before);
    expect(intruder.newRecords()).toMatchObject([{ action: "secret.save", decision: "refused", rule: "integrity" }]);
  });

  it("threat 104: of another caller, call or key is refused", async () => {
    await alice.secrets.saveSecrets(request);
    const { version } = (await alice.secrets.listSecrets({ view: SecretView.METADATA })).secrets[0] ?? {};
    expect(version).toBe(1);
    await intruder.run("UPDATE idempotency SET principal = 'mallory'");
    await expectFailure(mallory.secrets.saveSecrets(request), broken);
    await intruder.run("UPDATE idempotency SET principal = 'alice', key = 'twice'");
    await expectFailure(alice.secrets.saveSecrets({ ...request, idempotencyKey: "twice" }), broken);
    await intruder.run("UPDATE idempotency SET rpc = 'RemoveSecrets', key = 'once'");
    await expectFailure(alice.secrets.removeSecrets({ keys: ["alice/A"], idempotencyKey: "once" }), broken);
    await intruder.run("UPDATE idempotency SET tenant = 'other', rpc = 'SaveSecrets'");
    const stranger = await service.addUser("alice", { tenant: "other" });
    await expectFailure(stranger.secrets.saveSecrets(request), broken);
  });
});
