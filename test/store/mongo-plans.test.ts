import { type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyRange } from "../../src/store/key-range.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { nameFilters, rangeFilters } from "../../src/store/mongo/read/range-filters.ts";
import { keysMatching, recordFilters } from "../../src/store/mongo/read/record-filters.ts";
import { type NamedFilter, visibleFilter } from "../../src/store/mongo/read/visible-filter.ts";
import type { SecretPageQuery, VisibleTo } from "../../src/store/secret-store.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aRecord, aSecret, nextVersion, startMs, tenant } from "../support/store/rows.ts";

let database: TestDatabase;
let client: MongoClient;
let store: Store;

/** What bob and the team see comes last, after everything that they do not. */
beforeAll(async () => {
  database = await createTestDatabase();
  client = await MongoClient.connect(database.uri);
  store = await openMongoStore({ uri: database.uri });
  await begin(store);
  const save = async (count: number, prefix: string, readers: string[], writers: string[] = []) => {
    const lists = aLists({ readers, writers });
    const secrets = Array.from({ length: count }, (_, at) =>
      aSecret(`${prefix}/${String(at).padStart(4, "0")}`, { lists, id: `secr_${prefix}_${at}` }),
    );
    expect(await store.commitSecrets(aCommit(secrets))).toEqual({ status: "committed" });
    return secrets;
  };
  for (const prefix of ["a", "b", "c"]) await save(1000, prefix, ["carol"], ["dave", "bo"]);
  const removed = await save(1000, "r", ["bob", "team"]);
  await store.commitSecrets(aCommit(removed.map((secret) => nextVersion(secret, { removed: true }))));
  await save(150, "w", [], ["bob"]);
  await save(60, "x", ["bob", "team"]);
  await save(60, "y", ["team"]);
  await save(60, "z", ["bob"]);
});
afterAll(async () => {
  await store.close();
  await client.close();
  await database.drop();
});

interface Cost {
  readonly returned: number;
  readonly keys: number;
  readonly documents: number;
  readonly stages: ReadonlySet<string>;
}

const limit = 50;

async function costOf({ filter, hint }: NamedFilter, options: Document = {}, collection = "secrets"): Promise<Cost> {
  const explained = await client
    .db()
    .collection(collection)
    .find(filter, { hint, ...options })
    .explain("executionStats");
  const { nReturned, totalKeysExamined, totalDocsExamined } = explained.executionStats;
  const stages = new Set<string>();
  JSON.stringify(explained.queryPlanner.winningPlan, (name, value) => {
    if (name === "stage") stages.add(value);
    return value;
  });
  return { returned: nReturned, keys: totalKeysExamined, documents: totalDocsExamined, stages };
}

async function pageCost(
  visibleTo: VisibleTo,
  fields: Partial<SecretPageQuery> = {},
  options: Document = {},
): Promise<Cost> {
  const query = { tenant, visibleTo, right: "any", prefix: "", glob: undefined, after: "", ...fields } as const;
  const range = keyRange(query.prefix, query.glob, query.after);
  if (range === undefined) throw new Error("nothing is in this range");
  const [only, ...others] = rangeFilters(query, range);
  if (only === undefined || others.length > 0) throw new Error("one query was expected");
  return costOf(only, { sort: { key: 1 }, limit, ...options });
}

const many = Array.from({ length: 98 }, (_, at) => `role-${at}`);

test.each<[string, VisibleTo, Partial<SecretPageQuery>]>([
  ["everything, for an admin", "everyone", {}],
  ["everything, deep in", "everyone", { after: "w/0100" }],
  ["what one sees", ["bob"], {}],
  ["what one may read", ["bob"], { right: "read" }],
  ["what one and the team see", ["bob", "team"], {}],
  ["what one and the team may read", ["bob", "team", "nobody"], { right: "read" }],
  ["with a hundred roles", [...many, "bob", "team"], {}],
  ["of a namespace", ["bob", "team"], { prefix: "x/" }],
  ["deep in", ["bob", "team"], { after: "y/0005" }],
])("a page of %s costs what is on it", async (_what, visibleTo, fields) => {
  const cost = await pageCost(visibleTo, fields);
  expect(cost.returned).toBe(limit);
  expect(cost.documents).toBe(limit);
  // Each identity looks at its own keys, and one further.
  const identities = visibleTo === "everyone" ? 1 : visibleTo.length;
  expect(cost.keys).toBeLessThanOrEqual(2 * limit + identities);
  for (const stage of ["SORT", "COLLSCAN"]) expect(cost.stages).not.toContain(stage);
  if (identities > 1) expect(cost.stages).toContain("SORT_MERGE");
});

test.each<[string, VisibleTo, Partial<SecretPageQuery>]>([
  ["everything, for an admin", "everyone", {}],
  ["a namespace, for an admin", "everyone", { prefix: "x/" }],
  ["what one sees", ["bob"], {}],
  ["what one may read", ["bob"], { right: "read" }],
  ["what one and the team see", ["bob", "team"], {}],
  ["what four may read", ["bob", "team", "bob-2", "nobody"], { right: "read" }],
  ["what is looked at for a glob", ["bob", "team"], { glob: "*9" }],
  ["removed secrets", ["bob", "team"], { removed: true }],
])("a page of names is read from the index alone: %s", async (_what, visibleTo, fields) => {
  const query = { tenant, visibleTo, right: "any", prefix: "", glob: undefined, after: "", ...fields } as const;
  const range = keyRange(query.prefix, query.glob, query.after);
  if (range === undefined) throw new Error("nothing is in this range");
  const filters = nameFilters(query, range);
  expect(filters).toHaveLength(visibleTo === "everyone" ? 1 : visibleTo.length);
  let returned = 0;
  for (const filter of filters) {
    const cost = await costOf(filter, { sort: { key: 1 }, limit, projection: { _id: 0, key: 1, id: 1 } });
    expect(cost.documents).toBe(0);
    expect(cost.keys).toBeLessThanOrEqual(limit + 1);
    for (const stage of ["FETCH", "SORT", "SORT_MERGE"]) expect(cost.stages).not.toContain(stage);
    returned += cost.returned;
  }
  expect(returned).toBeGreaterThanOrEqual(limit);
});

test("names for many identities are one query", () => {
  const range = { from: "", to: "z", glob: undefined };
  const sizes = [4, 5, 100, 101].map((count) => {
    const visibleTo = Array.from({ length: count }, (_, at) => `role-${at}`);
    return nameFilters({ tenant, visibleTo, right: "any" }, range).length;
  });
  expect(sizes).toEqual([4, 1, 1, 2]);
  expect(nameFilters({ tenant, visibleTo: ["bob", "bob"], right: "any" }, range)).toHaveLength(1);
});

test("threat 80: threat 81: what is not visible is not read, and costs what is not there", async () => {
  for (const visibleTo of [["bob"], ["bob", "team", "other"]]) {
    for (const [by, hidden, missing] of [
      ["key", "a/0001", "a/none"],
      ["id", "secr_a_1", "secr_none"],
    ] as const) {
      const costs = [];
      for (const name of [hidden, missing]) {
        costs.push(await costOf(visibleFilter({ tenant, visibleTo, names: [name], by })));
      }
      const [ofHidden, ofMissing] = costs;
      expect(ofHidden).toEqual(ofMissing);
      expect(ofHidden?.documents).toBe(0);
    }
  }
});

test("callers that share a query cost what each sees", async () => {
  const names = ["a/0001", "x/0001", "z/0001", "none"];
  const filters = [["bob"], ["team", "other"], ["nobody"]].map((visibleTo) =>
    visibleFilter({ tenant, visibleTo, names, by: "key" }),
  );
  const cost = await costOf({ filter: { $or: filters.map(({ filter }) => filter) }, hint: "visible_names" });
  // Both see x/0001; it is read for each.
  expect(cost).toMatchObject({ returned: 2, stages: new Set(["FETCH", "OR", "IXSCAN"]) });
  expect(cost.documents).toBeLessThanOrEqual(3);
});

test("a page of audit records reads what is on it", async () => {
  const records = Array.from({ length: 2000 }, (_, at) =>
    aRecord({ timeMs: startMs + at, key: at % 100 ? "alice/A" : "alice/B", principal: at % 100 ? "alice" : "bob" }),
  );
  await store.appendAccess(records);
  for (const selection of [
    {},
    { key: "alice/B" },
    { principal: "bob" },
    { fromMs: startMs + 10, toMs: startMs + 900 },
  ]) {
    const [filter] = recordFilters({ tenant, limit: 10, ...selection });
    if (filter === undefined) throw new Error("the query has no filter");
    const cost = await costOf(filter, { sort: { timeMs: -1, _id: -1 }, limit: 10 }, "access");
    expect(cost.returned).toBe(10);
    expect(cost.documents).toBe(10);
    expect(cost.stages).not.toContain("SORT");
  }
});

test("a page of some actions, or of a glob with few keys, reads no other records", async () => {
  const records = Array.from({ length: 2000 }, (_, at) =>
    aRecord({
      timeMs: startMs + at,
      action: ["secret.read", "secret.list", "user.list", "secret.plan"][at % 4] ?? "",
      key: `many/${at % 500}`,
    }),
  );
  const few = Array.from({ length: 60 }, (_, at) => aRecord({ key: `few/${at % 3}`, action: "secret.read" }));
  await store.appendAccess([...records, ...few]);
  const access = client.db().collection("access");
  const query = { tenant, limit: 10, keyGlob: "few/*" };
  const keys = await keysMatching(access, query, 5_000);
  expect(keys?.toSorted()).toEqual(["few/0", "few/1", "few/2"]);
  expect(await keysMatching(access, { ...query, keyGlob: "many/*" }, 5_000)).toBeUndefined();
  expect(await keysMatching(access, { ...query, keyGlob: "*/1" }, 5_000)).toBeUndefined();
  const filters = [
    ...recordFilters({ tenant, limit: 10, actions: ["secret.plan", "user.list", "secret.list"] }),
    ...recordFilters(query, keys),
  ];
  expect(filters.map(({ hint }) => hint)).toEqual(["action", "action", "key"]);
  for (const filter of filters) {
    const cost = await costOf(filter, { sort: { timeMs: -1, _id: -1 }, limit: 10 }, "access");
    expect(cost.returned).toBe(10);
    expect(cost.documents).toBeLessThanOrEqual(13);
    expect(cost.stages).not.toContain("SORT");
  }
});
