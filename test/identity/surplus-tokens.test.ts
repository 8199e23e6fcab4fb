import { afterEach, beforeEach, expect, test } from "vitest";
import { createToken } from "../../src/identity/create-token.ts";
import type { IdentityContext } from "../../src/identity/directory.ts";
import { signToken, signUser, type TokenFields } from "../../src/identity/rows.ts";
import { limits } from "../../src/limits.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { aToken, aUser } from "../support/store/rows.ts";

const tenant = "default";
let core: TestCore;
let context: IdentityContext;

beforeEach(async () => {
  core = await startCore();
  context = {
    ...core.context,
    issuers: [],
    directory: "everyone" as const,
    version: "0",
    forgetCallers: async () => {},
  };
});
afterEach(() => core.close());

const call = () => {
  const { caller, ...info } = callOf({ slug: "alice" });
  return { ...info, caller: { ...caller, tokenId: "tok_of_the_call", tokenExpireAtMs: 0 } };
};
const make = () =>
  createToken(context, call(), { slug: "", ttlMs: undefined, description: "", tenant: "", grants: [] });

test("fault A3: making and revoking tokens again and again leaves a bounded number of them", async () => {
  const { store, keyring } = context;
  const ended = limits.endedTokens + 30;
  const tokens = Array.from({ length: ended }, (_, at): TokenFields => {
    const times = {
      createdAtMs: 1_000 + at,
      revokedAtMs: at % 2 === 0 ? 2_000 : 0,
      expireAtMs: at % 2 === 0 ? 0 : 3_000,
    };
    const { kid: _kid, mac: _mac, ...fields } = aToken(`ended-${String(at).padStart(4, "0")}`, times);
    return fields;
  });
  const { kid: _kid, mac: _mac, ...alice } = aUser("alice");
  const users = [signUser(keyring, alice)];
  const stored = tokens.map((token) => signToken(keyring, token));
  const commit = { tenant, expectedRevision: await store.identityRevision(tenant), users, tokens: stored, audit: [] };
  expect(await store.commitIdentity(commit)).toBe("committed");
  const left = async () => {
    const found = [
      ...(await store.listTokens(tenant, "alice", "", 1000)),
      ...(await store.listTokens(tenant, "alice", "ended-0999", 1000)),
    ];
    return new Set(found.map(({ id }) => id));
  };
  await make();
  await make();
  // Twenty at a time, so that their names fit into one record.
  expect((await left()).size).toBe(limits.endedTokens + 2);
  expect((await left()).has("ended-0029")).toBe(false);
  expect((await left()).has("ended-0030")).toBe(true);
  expect(await store.countLiveTokens(tenant, "alice", core.clock.nowMs)).toBe(2);
  expect(await store.countLiveTokens(tenant, undefined, core.clock.nowMs)).toBe(2);
  await make();
  const records = await store.listAudit({ tenant, actions: ["token.drop"], limit: 10 });
  expect(records.map(({ count }) => count).sort()).toEqual([10, 20]);
  expect(records.flatMap(({ names }) => names).sort()[0]).toBe("ended-0000");
});

test("the record of a new token says by which rule it was made", async () => {
  const { store, keyring } = context;
  const { kid: _kid, mac: _mac, ...alice } = aUser("alice");
  const users = [signUser(keyring, alice)];
  const expectedRevision = await store.identityRevision(tenant);
  await store.commitIdentity({ tenant, expectedRevision, users, tokens: [], audit: [] });
  const rules = async () =>
    (await store.listAudit({ tenant, actions: ["token.create"], limit: 9 })).map(({ rule }) => rule);
  await make();
  expect(await rules()).toEqual(["own-token"]);
  const ofAdmin = { ...call(), caller: { ...call().caller, slug: "root", admin: true } };
  const request = { slug: "alice", ttlMs: undefined, description: "", tenant: "", grants: [] };
  await createToken(context, ofAdmin, request);
  expect((await rules()).sort()).toEqual(["admin", "own-token"]);
});
