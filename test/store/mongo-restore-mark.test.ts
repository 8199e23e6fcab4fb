import { afterEach, beforeEach, expect, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { eraseMongoStore } from "../../src/store/mongo/restore/erase.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aRecord, aSecret, aUser, startMs, tenant } from "../support/store/rows.ts";

const [firstMark, secondMark] = ["0123456789abcdef", "fedcba9876543210"];
const key = { kid: "aaaaaaaaaaaaaaaa", purpose: "sealing", data: new Uint8Array(8), createdAtMs: startMs } as const;
const identities = { tenant, expectedRevision: 0, tokens: [], audit: [aRecord()] };

let database: TestDatabase;
let first: Store;
let second: Store;

beforeEach(async () => {
  database = await createTestDatabase();
  [first, second] = [await openMongoStore({ uri: database.uri }), await openMongoStore({ uri: database.uri })];
});
afterEach(async () => {
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

const take = (store: Store, kid: string, former?: string) =>
  store.takeRestoreMark({ kid, createdAtMs: startMs }, former);

test("of two that mark an empty store at once, one has it", async () => {
  const taken = await Promise.all([take(first, firstMark), take(second, secondMark)]);
  expect(taken.filter(Boolean)).toHaveLength(1);
});

test("a restore that lost the mark writes nothing more, whatever it is, and does not end the other restore", async () => {
  await take(first, firstMark);
  await begin(first);
  expect(await first.commitSecrets(aCommit([aSecret("prod/OWN")]))).toEqual({ status: "committed" });
  const chains = await second.listChains();
  expect(await take(second, secondMark, firstMark)).toBe(true);

  const lost = "has taken over";
  await expect(first.commitSecrets(aCommit([aSecret("prod/LATE")]))).rejects.toThrow(lost);
  await expect(first.commitIdentity({ ...identities, users: [aUser("late")] })).rejects.toThrow(lost);
  await expect(first.addKey(key)).rejects.toThrow(lost);
  await expect(first.removeRestoreMark()).rejects.toThrow(lost);
  await expect(eraseMongoStore(database.uri, firstMark)).rejects.toThrow(lost);

  expect(await second.listHistory(tenant, "prod/OWN")).toHaveLength(1);
  expect(await second.listHistory(tenant, "prod/LATE")).toEqual([]);
  expect(await second.hasNoUsers()).toBe(true);
  expect(await second.listChains()).toEqual(chains);
  const kids = (await second.listKeys()).map(({ kid }) => kid);
  expect(kids).toContain(secondMark);
  expect(kids).not.toContain(key.kid);
  await second.removeRestoreMark();
});

test("a restore that lost the mark before its first record registers no chain", async () => {
  await take(first, firstMark);
  await take(second, secondMark, firstMark);
  await expect(begin(first)).rejects.toThrow("has taken over");
  expect(await second.listChains()).toEqual([]);
});

test("who has the mark deletes everything but the mark", async () => {
  await take(first, firstMark);
  await begin(first);
  await first.addKey(key);
  await first.commitIdentity({ ...identities, users: [aUser("early")] });
  await first.commitSecrets(aCommit([aSecret("prod/EARLY")]));
  await take(second, secondMark, firstMark);
  await eraseMongoStore(database.uri, secondMark);
  expect((await second.listKeys()).map(({ kid }) => kid)).toEqual([secondMark]);
  expect(await second.hasNoUsers()).toBe(true);
  expect(await second.listHistory(tenant, "prod/EARLY")).toEqual([]);
  expect(await second.listChains()).toEqual([]);
});
