import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAuthenticator } from "../../src/identity/authenticate.ts";
import { removeUsers } from "../../src/identity/remove-users.ts";
import { revokeToken } from "../../src/identity/revoke-token.ts";
import { signToken } from "../../src/identity/rows.ts";
import { saveUsers } from "../../src/identity/save-users.ts";
import { createTokenId, createTokenSecret, hashToken } from "../../src/rules/token.ts";
import type { Store } from "../../src/store/store.ts";
import { startIdentity, type TestIdentity } from "../support/identity/fixture.ts";

let identity: TestIdentity;
beforeEach(async () => {
  identity = await startIdentity();
});
afterEach(() => identity.core.close());

const unauthenticated = { reason: "UNAUTHENTICATED" };
const advance = (ms: number) => {
  identity.core.clock.nowMs += ms;
};

describe("a token", () => {
  test("proves its user, with the roles that the user has now", async () => {
    const token = await identity.addUser("alice", { roles: ["ops", "backend"] });
    expect(await identity.authenticate(token)).toMatchObject({
      tenant: "default",
      slug: "alice",
      roles: ["backend", "ops"],
      admin: false,
      operator: false,
    });
    const user = { slug: "alice", roles: ["web"], admin: undefined, operator: undefined, clear: [], reuse: false };
    await saveUsers(identity.context, await identity.adminCall(), { users: [user], tenant: "" });
    expect(await identity.authenticate(token)).toMatchObject({ roles: ["web"] });
  });

  test("ends at its expiry, to the millisecond, in the cache or not", async () => {
    const token = await identity.addUser("brief", { ttlMs: 5_000 });
    advance(4_999);
    expect(await identity.authenticate(token)).toMatchObject({ slug: "brief" });
    advance(1);
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
    identity.authenticator.forget();
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test("threat 19: a revoked one is refused at once", async () => {
    const token = await identity.addUser("revoked");
    const { tokenId } = await identity.authenticate(token);
    await revokeToken(identity.context, await identity.adminCall(), { id: tokenId, tenant: "" });
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test("threat 19: that of a removed user is refused at once", async () => {
    const token = await identity.addUser("removed");
    await identity.authenticate(token);
    await removeUsers(identity.context, await identity.adminCall(), { slugs: ["removed"], tenant: "" });
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test("of a removed user does not come back to life when the slug is used again", async () => {
    const token = await identity.addUser("reused");
    const call = await identity.adminCall();
    await removeUsers(identity.context, call, { slugs: ["reused"], tenant: "" });
    const user = { slug: "reused", roles: [], admin: undefined, operator: undefined, clear: [], reuse: true };
    await saveUsers(identity.context, call, { users: [user], tenant: "" });
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });
});

test("fault A4: what has to be looked up is known without looking it up", async () => {
  const token = await identity.addUser("alice");
  const kind = (authorization: string | undefined) => identity.authenticator.kindOf(authorization);
  expect(kind(`Bearer ${token}`)).toBe("token");
  await identity.authenticate(token);
  expect(kind(`Bearer ${token}`)).toBe("recent");
  expect(kind(`Bearer ${createTokenSecret()}`)).toBe("token");
  // No issuer is trusted here, so a JWT proves nothing.
  const malformed = [undefined, "", token, `Basic ${token}`, `Bearer ${token}x`, "Bearer a.b.c"];
  for (const authorization of malformed) expect(kind(authorization)).toBe("malformed");
});

describe("threats 36, 52: an Authorization header", () => {
  test.each<[string, (token: string) => string | undefined]>([
    ["that is not there", () => undefined],
    ["that is empty", () => ""],
    ["with a bare token", (token) => token],
    ["with another scheme", (token) => `Basic ${token}`],
    ["without a space", (token) => `Bearer${token}`],
    ["with a longer scheme", (token) => `Bearers ${token}`],
    ["with a space before the scheme", (token) => ` Bearer ${token}`],
    ["with spaces and a tab", (token) => `Bearer  \t${token}`],
    ["with a tab", (token) => `Bearer\t${token}`],
    ["with the scheme twice", (token) => `Bearer Bearer ${token}`],
    ["with two tokens", (token) => `Bearer ${token}, Bearer ${token}`],
    ["with more behind the token", (token) => `Bearer ${token} `],
    ["with a shorter token", (token) => `Bearer ${token.slice(0, -1)}`],
    ["with a longer token", (token) => `Bearer ${token}A`],
    ["with another token", () => `Bearer ${createTokenSecret()}`],
    ["threat 46: with 1 MB", () => `Bearer oo_${"A".repeat(1_000_000)}`],
  ])("%s is refused, and its sender counted", async (_name, headerOf) => {
    const token = await identity.addUser("bob");
    const before = identity.refusedPeers.length;
    const attempt = async () => identity.authenticator.authenticate(headerOf(token), "198.51.100.7");
    const error = await attempt().catch((caught: unknown) => caught);
    expect(error).toMatchObject(unauthenticated);
    expect(String(error)).not.toContain(token.slice(3));
    expect(identity.refusedPeers.slice(before)).toEqual(["198.51.100.7"]);
  });
});

test.each(["bearer ", "BEARER ", "bEaReR  ", "Bearer          "])(
  "fault C6: the scheme %j is that of RFC 9110, 11.1, with any other one spelling of the token",
  async (scheme) => {
    const token = await identity.addUser("any-case");
    const { authenticator, refusedPeers } = identity;
    expect(await authenticator.authenticate(`${scheme}${token}`, "192.0.2.1")).toMatchObject({ slug: "any-case" });
    expect(authenticator.kindOf(`Bearer ${token}`)).toBe("recent");
    expect(refusedPeers).toEqual([]);
  },
);

test("fault C6: a header that is longer than a token may be says so", async () => {
  const attempt = async (value: string) => identity.authenticator.authenticate(value, "192.0.2.1");
  await expect(attempt(`Bearer ${"a".repeat(9_000)}`)).rejects.toMatchObject({
    message: expect.stringContaining("longer than 8192 bytes"),
  });
});

describe("threat 104: rows that were edited in the database prove nothing", () => {
  test.each([
    ["admin", 1],
    ["operator", 1],
    ["roles", '["ops"]'],
    ["updated_by", "mallory"],
    ["created_at_ms", 1],
    ["mac", Buffer.alloc(32)],
    ["kid", "0000000000000000"],
  ])("a user with another %s", async (column, value) => {
    const slug = `user-${column.replaceAll("_", "-")}`;
    const token = await identity.addUser(slug);
    identity.editDatabase(`UPDATE users SET ${column} = ? WHERE slug = ?`, value, slug);
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test("a removed user who was put back", async () => {
    const token = await identity.addUser("undead");
    await removeUsers(identity.context, await identity.adminCall(), { slugs: ["undead"], tenant: "" });
    identity.editDatabase("UPDATE users SET removed = 0 WHERE slug = 'undead'");
    identity.editDatabase("UPDATE tokens SET revoked_at_ms = 0 WHERE slug = 'undead'");
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test("fault E7: a token of a removed user whose own row was put back, as it was", async () => {
    const token = await identity.addUser("returned");
    const path = join(identity.core.config.dataDir, "secrets.db");
    const db = new DatabaseSync(path, { timeout: 5_000 });
    const row = db.prepare("SELECT * FROM tokens WHERE slug = 'returned'").get() ?? {};
    await removeUsers(identity.context, await identity.adminCall(), { slugs: ["returned"], tenant: "" });
    const names = Object.keys(row);
    const sql = `INSERT OR REPLACE INTO tokens (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    expect(db.prepare(sql).run(...names.map((name) => row[name] ?? null)).changes).toBe(1);
    db.close();
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test.each([
    ["slug", "admin"],
    ["tenant", "other"],
    ["expire_at_ms", 0],
    ["created_by", "mallory"],
    ["id", "tok_00000000000000000000"],
    ["mac", Buffer.alloc(32)],
  ])("a token with another %s", async (column, value) => {
    const slug = `token-${column.replaceAll("_", "-")}`;
    const token = await identity.addUser(slug);
    identity.editDatabase(`UPDATE tokens SET ${column} = ? WHERE slug = ?`, value, slug);
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });

  test("a row edited while it is believed counts no longer than a second", async () => {
    const token = await identity.addUser("believed");
    expect(await identity.authenticate(token)).toMatchObject({ admin: false });
    identity.editDatabase("UPDATE users SET admin = 1 WHERE slug = 'believed'");
    // Reads of one turn of the event loop see one state of the database.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await identity.authenticate(token)).toMatchObject({ admin: false });
    advance(1_000);
    await expect(identity.authenticate(token)).rejects.toMatchObject(unauthenticated);
  });
});

describe("threat 19: what is remembered of a token", () => {
  /** Counts how often the store is asked. */
  function counting(store: Store): { store: Store; asked(): number } {
    let count = 0;
    const findTokenByHash: Store["findTokenByHash"] = (hash) => {
      count += 1;
      return store.findTokenByHash(hash);
    };
    return { store: { ...store, findTokenByHash }, asked: () => count };
  }

  function authenticatorOf(store: Store) {
    const authenticator = createAuthenticator({ ...identity.core.context, store, onRefused: () => {} });
    const check = async (token: string) => authenticator.authenticate(`Bearer ${token}`, "192.0.2.1");
    return { authenticator, check };
  }

  test("is believed for less than a second, and not when the clock was set back", async () => {
    const token = await identity.addUser("cached");
    const { store, asked } = counting(identity.core.context.store);
    const { check } = authenticatorOf(store);
    await check(token);
    advance(749);
    await check(token);
    expect(asked()).toBe(1);
    advance(1);
    await check(token);
    expect(asked()).toBe(2);
    advance(-3_600_000);
    await check(token);
    expect(asked()).toBe(3);
  });

  test("is believed from the moment on at which the store was asked", async () => {
    const token = await identity.addUser("slow");
    const { store, asked } = counting(identity.core.context.store);
    const { check } = authenticatorOf(store);
    const underWay = check(token);
    advance(600);
    await underWay;
    advance(150);
    await check(token);
    expect(asked()).toBe(2);
  });

  test("is forgotten on request", async () => {
    const token = await identity.addUser("forgotten");
    const { store, asked } = counting(identity.core.context.store);
    const { authenticator, check } = authenticatorOf(store);
    await check(token);
    authenticator.forget();
    await check(token);
    expect(asked()).toBe(2);
  });

  test("fault E9: of one token more than there is room for, one is forgotten, not all", async () => {
    const room = 10_000;
    const { context } = identity.core;
    const secrets = Array.from({ length: room + 1 }, () => createTokenSecret());
    const { slug, tokenId } = await identity.authenticate(await identity.addUser("many"));
    const stored = await context.store.findToken("default", tokenId);
    if (stored === undefined) throw new Error("there is no such token");
    const tokens = secrets.map((secret) => {
      const { kid: _kid, mac: _mac, ...fields } = { ...stored, id: createTokenId(), hash: hashToken(secret), slug };
      return signToken(context.keyring, fields);
    });
    const expectedRevision = await context.store.identityRevision("default");
    const commit = { tenant: "default", expectedRevision, users: [], tokens, audit: [] };
    expect(await context.store.commitIdentity(commit)).toBe("committed");
    const { authenticator, check } = authenticatorOf(context.store);
    const known = () => secrets.filter((secret) => authenticator.kindOf(`Bearer ${secret}`) === "recent");
    for (const secret of secrets.slice(0, room)) await check(secret);
    expect(known()).toHaveLength(room);
    await check(secrets[1] ?? "");
    await check(secrets[room] ?? "");
    expect(known()).toEqual(secrets.slice(1));
  });

  test("a refusal is not remembered", async () => {
    const { store, asked } = counting(identity.core.context.store);
    const { check } = authenticatorOf(store);
    const guess = createTokenSecret();
    await expect(check(guess)).rejects.toMatchObject(unauthenticated);
    await expect(check(guess)).rejects.toMatchObject(unauthenticated);
    expect(asked()).toBe(2);
  });

  test("an answer that was under way when something changed is not cached", async () => {
    const token = await identity.addUser("race");
    const { store, asked } = counting(identity.core.context.store);
    const { authenticator, check } = authenticatorOf(store);
    const underWay = check(token);
    authenticator.forget();
    await underWay;
    await check(token);
    expect(asked()).toBe(2);
  });
});
