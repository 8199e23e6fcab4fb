import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import type { IdentityCommit, Session } from "../../../src/store/identity-rows.ts";
import { aToken, aUser, startMs, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

const issuer = "https://id.example.com";
const bytes = (size = 40) => new Uint8Array(randomBytes(size));

export function aSession(fields: Partial<Session> = {}): Session {
  return { issuer, parent: "", sid: "sid-1", client: "Chromium, Linux", refreshToken: new Uint8Array(0), ...fields };
}

export function loginContract(fixture: Fixture): void {
  const commit = async (fields: Partial<IdentityCommit>) => {
    const of = fields.tenant ?? tenant;
    const expectedRevision = await fixture.store.identityRevision(of);
    const rows = { tenant: of, expectedRevision, users: [], tokens: [], audit: [], ...fields };
    expect(await fixture.store.commitIdentity(rows)).toBe("committed");
  };

  it("keeps whom an issuer says a user is, and takes it away again", async () => {
    const login = { issuer, subject: "4711", displayName: "Alice Smith" };
    const alice = aUser("alice", { login });
    await commit({ users: [alice, aUser("bob")] });
    await commit({ tenant: "other", users: [aUser("alice", { tenant: "other", login })] });
    expect(await fixture.store.findUser(tenant, "alice")).toEqual(alice);
    expect((await fixture.store.findUser(tenant, "bob"))?.login).toBeUndefined();
    expect((await fixture.store.listUsers(tenant, "", 10))[0]).toEqual(alice);
    const found = await fixture.store.findUsersOfIssuer(issuer, "4711");
    expect(found.map((user) => `${user.tenant}/${user.slug}`).sort()).toEqual(["default/alice", "other/alice"]);
    expect(await fixture.store.findUsersOfIssuer(issuer, "4712")).toEqual([]);
    expect(await fixture.store.findUsersOfIssuer("https://other.example.com", "4711")).toEqual([]);
    const { login: _login, ...plain } = alice;
    await commit({ users: [plain] });
    expect(await fixture.store.findUser(tenant, "alice")).toEqual(plain);
    expect(await fixture.store.findUsersOfIssuer(issuer, "4711")).toHaveLength(1);
  });

  it("keeps the passkeys of a user, finds the user by what authenticators call them, and takes both away again", async () => {
    expect(await fixture.store.hasPasskeys()).toBe(false);
    const key = {
      id: "pky_1",
      credential: "c",
      publicKey: "k",
      counter: 3,
      name: 'my "key" \u00e9',
      createdAtMs: startMs,
    };
    const passkeys = {
      handle: "h1",
      keys: [key, { ...key, id: "pky_2", counter: 0 }],
      invitation: { hash: "x", endAtMs: 7 },
    };
    const alice = aUser("alice", { passkeys });
    const bob = aUser("bob", {
      passkeys: { handle: "h2", keys: [] },
      login: { issuer, subject: "1", displayName: "" },
    });
    await commit({ users: [alice, bob, aUser("carol")] });
    await commit({
      tenant: "other",
      users: [aUser("alice", { tenant: "other", passkeys: { handle: "h3", keys: [key] } })],
    });
    expect(await fixture.store.findUser(tenant, "alice")).toEqual(alice);
    expect((await fixture.store.listUsers(tenant, "", 10)).slice(0, 2)).toEqual([alice, bob]);
    expect((await fixture.store.findUser(tenant, "carol"))?.passkeys).toBeUndefined();
    expect(await fixture.store.findUsersByHandle("h1")).toEqual([alice]);
    expect((await fixture.store.findUsersByHandle("h3")).map((user) => user.tenant)).toEqual(["other"]);
    expect(await fixture.store.findUsersByHandle("h")).toEqual([]);
    expect(await fixture.store.hasPasskeys()).toBe(true);
    const { passkeys: _passkeys, ...plain } = alice;
    await commit({ users: [plain] });
    const reopened = await fixture.reopen();
    expect(await reopened.findUser(tenant, "alice")).toEqual(plain);
    expect(await reopened.findUsersByHandle("h1")).toEqual([]);
    expect(await reopened.findUser(tenant, "bob")).toEqual(bob);
  });

  it("keeps what distinguishes a session, and finds those of an issuer", async () => {
    const session = aToken("tok_1", { expireAtMs: startMs + 5, session: aSession({ refreshToken: bytes() }) });
    const other = aToken("tok_2", { session: aSession({ issuer: "", sid: "", parent: "tok_3" }) });
    const token = aToken("tok_3");
    await commit({ tokens: [session, other, token] });
    expect(await fixture.store.findToken(tenant, "tok_1")).toEqual(session);
    expect(await fixture.store.findTokenByHash(other.hash)).toEqual(other);
    expect(await fixture.store.listTokens(tenant, "alice", "", 10)).toEqual([session, other, token]);
    expect((await fixture.store.findToken(tenant, "tok_3"))?.session).toBeUndefined();
    expect(await fixture.store.findSessionsOfIssuer(issuer, "sid-1")).toEqual([session]);
    expect(await fixture.store.findSessionsOfIssuer(issuer, "sid-2")).toEqual([]);
    expect(await fixture.store.findSessionsOfIssuer("https://other.example.com", "sid-1")).toEqual([]);
    const ended = { ...session, revokedAtMs: startMs + 1, session: aSession() };
    await commit({ tokens: [ended] });
    const reopened = await fixture.reopen();
    expect(await reopened.findToken(tenant, "tok_1")).toEqual(ended);
  });

  it("lists the sessions that ended before a time, the oldest first, and no tokens", async () => {
    const at = (id: string, expireAtMs: number, fields = {}) =>
      aToken(id, { expireAtMs, session: aSession(), ...fields });
    const sessions = [at("tok_1", startMs + 3), at("tok_2", startMs + 1), at("tok_3", startMs + 2)];
    const others = [at("tok_4", startMs + 9), aToken("tok_5", { expireAtMs: startMs + 1 }), aToken("tok_6")];
    await commit({ tokens: [...sessions, ...others] });
    const ended = async (untilMs: number, limit: number) =>
      (await fixture.store.listEndedSessions(untilMs, limit)).map(({ id }) => id);
    expect(await ended(startMs + 4, 10)).toEqual(["tok_2", "tok_3", "tok_1"]);
    expect(await ended(startMs + 4, 2)).toEqual(["tok_2", "tok_3"]);
    expect(await ended(startMs + 1, 10)).toEqual([]);
    await commit({ droppedTokens: ["tok_2", "tok_3"] });
    expect(await ended(startMs + 4, 10)).toEqual(["tok_1"]);
  });

  it("puts a refresh token under another key together with the MAC of its session, or not at all", async () => {
    const session = aToken("tok_1", { session: aSession({ refreshToken: bytes() }) });
    await commit({ tokens: [session] });
    const [refreshToken, proof] = [bytes(), bytes(32)];
    const name = { kind: "tokens", tenant, name: "tok_1", version: 0, kid: "fedcba9876543210" } as const;
    const rewrap = { ...name, former: session.mac, proof, refreshToken };
    expect(await fixture.store.rewrap([{ ...rewrap, former: bytes(32) }])).toBe(0);
    expect(await fixture.store.findToken(tenant, "tok_1")).toEqual(session);
    expect(await fixture.store.rewrap([rewrap])).toBe(1);
    const expected = { ...session, kid: name.kid, mac: proof, session: { ...session.session, refreshToken } };
    expect(await fixture.store.findToken(tenant, "tok_1")).toEqual(expected);
    const plain = { ...name, former: proof, proof: bytes(32) };
    expect(await fixture.store.rewrap([plain])).toBe(1);
    expect((await fixture.store.findToken(tenant, "tok_1"))?.session?.refreshToken).toEqual(refreshToken);
  });

  it("gives a step of a login to one of several that take it, and changes only what it has", async () => {
    const { store } = fixture;
    const [first, second] = [bytes(), bytes()];
    const row = { endAtMs: startMs + 60_000, sealed: first };
    const add = { id: "code", former: undefined, next: row };
    const added = await Promise.all([store.writeLogin(add), store.writeLogin(add), store.writeLogin(add)]);
    expect(added.filter((isAdded) => isAdded)).toHaveLength(1);
    expect(await store.findLogin("code")).toEqual({ id: "code", ...row });
    expect(await store.findLogin("other")).toBeUndefined();
    expect(await store.countLogins()).toBe(1);
    const next = { endAtMs: startMs + 90_000, sealed: second };
    expect(await store.writeLogin({ id: "code", former: second, next })).toBe(false);
    expect(await store.writeLogin({ id: "other", former: first, next })).toBe(false);
    expect(await store.writeLogin({ id: "code", former: first, next })).toBe(true);
    expect(await store.findLogin("code")).toEqual({ id: "code", ...next });
    const take = { id: "code", former: second, next: undefined };
    expect(await store.writeLogin({ ...take, former: first })).toBe(false);
    const taken = await Promise.all([store.writeLogin(take), store.writeLogin(take), store.writeLogin(take)]);
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(1);
    expect(await store.findLogin("code")).toBeUndefined();
    expect(await store.countLogins()).toBe(0);
  });

  it("drops the steps of logins that ended before a time", async () => {
    const { store } = fixture;
    const add = (id: string, endAtMs: number) =>
      store.writeLogin({ id, former: undefined, next: { endAtMs, sealed: bytes() } });
    await add("a", startMs);
    await add("b", startMs + 1);
    await store.dropLogins(startMs + 1);
    expect(await store.findLogin("a")).toBeUndefined();
    expect(await store.findLogin("b")).toBeDefined();
    const reopened = await fixture.reopen();
    expect(await reopened.countLogins()).toBe(1);
  });

  it("refuses rows of logins with fields of the wrong type", async () => {
    const { store } = fixture;
    const bad = { name: "StoreError", kind: "bug" };
    await expect(store.writeLogin({ id: "", former: bytes(), next: undefined })).rejects.toMatchObject(bad);
    await expect(store.writeLogin({ id: "a", former: undefined, next: undefined })).rejects.toMatchObject(bad);
    const next = { endAtMs: Number.NaN, sealed: bytes() };
    await expect(store.writeLogin({ id: "a", former: undefined, next })).rejects.toMatchObject(bad);
    const login = { issuer, subject: "", displayName: "" };
    const users = [aUser("alice", { login })];
    const write = store.commitIdentity({ tenant, expectedRevision: 0, users, tokens: [], audit: [] });
    await expect(write).rejects.toMatchObject(bad);
  });
}
