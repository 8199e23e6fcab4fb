import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scanStore } from "../../src/backup/scan-store.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { createAuthenticator } from "../../src/identity/authenticate.ts";
import { createToken } from "../../src/identity/create-token.ts";
import { changeIdentities, type IdentityContext } from "../../src/identity/directory.ts";
import { dropOldSessions } from "../../src/identity/drop-sessions.ts";
import { openRefreshToken, sealRefreshToken } from "../../src/identity/refresh-token.ts";
import { removeUsers } from "../../src/identity/remove-users.ts";
import { revokeToken } from "../../src/identity/revoke-token.ts";
import { signToken, signUser, type TokenFields, verifyToken } from "../../src/identity/rows.ts";
import { limits } from "../../src/limits.ts";
import { rewrapPage } from "../../src/rotation/rewrap-rows.ts";
import { createTokenId, createTokenSecret, hashToken } from "../../src/rules/token.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { aUser } from "../support/store/rows.ts";
import { keyA, keyB } from "../support/vectors/test-keys.ts";

const tenant = "default";
const hourMs = 3_600_000;
/** The key of `startCore`. */
const tests = Buffer.from("ab".repeat(32), "hex");
let core: TestCore;
let context: IdentityContext;
let forgotten: number;

beforeEach(async () => {
  core = await startCore();
  forgotten = 0;
  context = {
    ...core.context,
    issuers: [],
    directory: "everyone",
    version: "0",
    forgetCallers: async () => {
      forgotten += 1;
    },
  };
  const users = [aUser("alice"), aUser("bob"), aUser("admin", { admin: true, operator: true })];
  const signed = users.map((user) => signUser(context.keyring, user));
  await context.store.commitIdentity({ tenant, expectedRevision: 0, users: signed, tokens: [], audit: [] });
});
afterEach(() => core.close());

const call = (slug: string, fields = {}) => {
  const { caller, ...info } = callOf({ slug, ...fields });
  return { ...info, caller: { ...caller, tokenId: "tok_of_the_call", tokenExpireAtMs: 0 } };
};
const admin = () => call("admin", { admin: true, operator: true });

/** A session as a login makes one, and its secret. */
async function open(slug: string, parent = "", fields: Partial<TokenFields> = {}) {
  const secret = createTokenSecret();
  const token: TokenFields = {
    tenant,
    id: createTokenId(),
    slug,
    hash: hashToken(secret),
    description: "",
    grants: [],
    createdAtMs: context.now(),
    createdBy: slug,
    expireAtMs: context.now() + hourMs,
    revokedAtMs: 0,
    session: { issuer: "", parent, sid: "", client: "Chromium", refreshToken: new Uint8Array(0) },
    ...fields,
  };
  const audit = [{ action: "session.open", decision: "allowed", rule: "token", key: token.id } as const];
  await changeIdentities(context, call(slug), tenant, async () => ({
    users: [],
    tokens: [token],
    audit,
    result: undefined,
  }));
  return { secret, token };
}

const make = (slug: string) =>
  createToken(context, call(slug), { slug: "", ttlMs: undefined, description: "", tenant: "", grants: [] });
const find = async (id: string) => context.store.findToken(tenant, id);
const isLive = async (id: string) => (await find(id))?.revokedAtMs === 0;
const ends = async () =>
  (await context.store.listAudit({ tenant, actions: ["session.end"], limit: 20 })).map(({ key }) => key);

describe("the end of a session", () => {
  test("threat 150: revoking a token ends the sessions made from it in the same commit, and no others", async () => {
    const [{ token: parent }, { token: other }] = [await make("alice"), await make("alice")];
    const own = [await open("alice", parent.id), await open("alice", parent.id)].map(({ token }) => token.id);
    const others = [await open("alice", other.id), await open("alice"), await open("bob")].map(({ token }) => token.id);
    const before = await context.store.identityRevision(tenant);
    await revokeToken(context, call("alice"), { id: parent.id, tenant: "" });
    expect(await context.store.identityRevision(tenant)).toBe(before + 1);
    for (const id of own) expect(await isLive(id)).toBe(false);
    for (const id of others) expect(await isLive(id)).toBe(true);
    expect((await ends()).sort()).toEqual(own.sort());
  });

  test("threat 150: a token whose row was edited takes its sessions with it", async () => {
    const { token: parent } = await make("alice");
    const { token } = await open("alice", parent.id);
    const edited = { ...signToken(context.keyring, parent), slug: "bob" };
    const expectedRevision = await context.store.identityRevision(tenant);
    await context.store.commitIdentity({ tenant, expectedRevision, users: [], tokens: [edited], audit: [] });
    await revokeToken(context, admin(), { id: parent.id, tenant: "" });
    expect(await isLive(token.id)).toBe(false);
  });

  test("comes with the user's removal, and by revoking it like a token", async () => {
    const [first, second] = [await open("alice"), await open("alice")];
    await revokeToken(context, call("alice"), { id: first.token.id, tenant: "" });
    expect(await ends()).toEqual([first.token.id]);
    await removeUsers(context, admin(), { slugs: ["alice"], tenant: "" });
    expect(await isLive(second.token.id)).toBe(false);
  });

  test("threat 151: a session that ended and was put back gives no access", async () => {
    const { secret, token } = await open("alice");
    const before = await find(token.id);
    if (before === undefined) throw new Error("the session is not stored");
    const authenticator = createAuthenticator({ ...context, onRefused: () => undefined });
    const authenticate = async () => authenticator.authenticate(`Bearer ${secret}`, "192.0.2.1");
    expect(await authenticate()).toMatchObject({ slug: "alice", tokenId: token.id });
    await revokeToken(context, call("alice"), { id: token.id, tenant: "" });
    authenticator.forget();
    const expectedRevision = await context.store.identityRevision(tenant);
    await context.store.commitIdentity({ tenant, expectedRevision, users: [], tokens: [before], audit: [] });
    await expect(authenticate()).rejects.toMatchObject({ failures: [{ reason: "UNAUTHENTICATED" }] });
    expect(context.integrity.found.map(({ cause, kind }) => `${kind} ${cause}`)).toEqual(["token put-back"]);
  });
});

test("a new session or token leaves cached callers as they are, every end of one makes them be looked up again", async () => {
  const { token } = await open("alice");
  await make("alice");
  expect(forgotten).toBe(0);
  await revokeToken(context, call("alice"), { id: token.id, tenant: "" });
  expect(forgotten).toBe(1);
  await removeUsers(context, admin(), { slugs: ["alice"], tenant: "" });
  expect(forgotten).toBe(2);
});

test("sessions are dropped 30 days after their end, and the scan knows that they were", async () => {
  const sessions = [];
  for (let at = 0; at < limits.droppedTokens + 3; at += 1) sessions.push((await open("alice")).token);
  const { token } = await make("alice");
  const damaged = await open("bob");
  const expectedRevision = await context.store.identityRevision(tenant);
  const edited = { ...signToken(context.keyring, damaged.token), grants: ["read:*"] };
  await context.store.commitIdentity({ tenant, expectedRevision, users: [], tokens: [edited], audit: [] });
  core.clock.nowMs += hourMs + limits.endedSessionMs;
  expect(await dropOldSessions(context)).toBe(0);
  core.clock.nowMs += 1;
  const late = await open("alice");
  expect(await dropOldSessions(context)).toBe(sessions.length);
  const left = (await context.store.listTokens(tenant, undefined, "", 100)).map(({ id }) => id);
  expect(left.sort()).toEqual([token.id, damaged.token.id, late.token.id].sort());
  const records = await context.store.listAudit({ tenant, actions: ["session.drop"], limit: 10 });
  expect(records.flatMap(({ names }) => names).sort()).toEqual(sessions.map(({ id }) => id).sort());
  await scanStore(context, { pause: async () => undefined });
  expect(context.integrity.found.map(({ cause, name }) => `${name} ${cause}`)).toEqual([`${damaged.token.id} edited`]);
});

describe("a refresh token", () => {
  const place = { tenant, id: "tok_1", issuer: "https://id.example.com" };

  test("threat 152: opens only in its own session, tenant and issuer", () => {
    const keyring = createKeyring(keyA, []);
    const sealed = sealRefreshToken(keyring, place, "the refresh token");
    expect(openRefreshToken(keyring, place, sealed)).toBe("the refresh token");
    for (const other of [{ id: "tok_2" }, { tenant: "other" }, { issuer: "https://id.example.org" }]) {
      expect(() => openRefreshToken(keyring, { ...place, ...other }, sealed)).toThrow(IntegrityError);
    }
  });

  test("is encrypted anew with its session by a rotation", async () => {
    const { keyring, store } = context;
    const { token } = await open("alice");
    if (token.session === undefined) throw new Error("it is a session");
    const own = { tenant, id: token.id, issuer: place.issuer };
    const refreshToken = sealRefreshToken(keyring, own, "the refresh token");
    const session = { ...token.session, issuer: place.issuer, refreshToken };
    const expectedRevision = await store.identityRevision(tenant);
    const tokens = [signToken(keyring, { ...token, session })];
    await store.commitIdentity({ tenant, expectedRevision, users: [], tokens, audit: [] });
    const rotated = createKeyring(keyB, [tests]);
    const page = await rewrapPage(store, rotated, "tokens", { kid: keyring.active.kid, after: "", limit: 10 });
    expect(page).toMatchObject({ rows: 1, damaged: 0, changed: 1 });
    const row = await find(token.id);
    if (row?.session === undefined) throw new Error("the session is gone");
    const alone = createKeyring(keyB, []);
    expect(openRefreshToken(alone, own, verifyToken(alone, row).session?.refreshToken ?? new Uint8Array(0))).toBe(
      "the refresh token",
    );
  });
});
