import { Binary, type Db, type Document, Long, MongoClient, ObjectId } from "mongodb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { signToken, signUser, verifyToken, verifyUser } from "../../src/identity/rows.ts";
import { openDocument, sealDocument } from "../../src/secrets/document.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aRecord, aSecret, aToken, aUser, tenant } from "../support/store/rows.ts";

let database: TestDatabase;
let client: MongoClient;
let db: Db;
let store: Store;
const keyring = createKeyring(Buffer.alloc(32, 1), []);

beforeEach(async () => {
  database = await createTestDatabase();
  client = await MongoClient.connect(database.uri);
  db = client.db();
  store = await openMongoStore({ uri: database.uri });
  await begin(store);
});
afterEach(async () => {
  await store.close();
  await client.close();
  await database.drop();
});

/** What someone who can write to the database may put in the place of a field. */
const wrongValues: readonly unknown[] = [
  null,
  undefined,
  "text",
  "",
  -1,
  0.5,
  Number.NaN,
  2 ** 60,
  Long.fromString("9223372036854775807"),
  true,
  [],
  [1],
  [["a"]],
  [null],
  [{ k: "a" }],
  [{ k: 1, v: {} }],
  { $ne: null },
  new Binary(Buffer.alloc(0)),
  new Binary(Buffer.alloc(300, 7)),
  new ObjectId(),
  new Date(0),
  /a/,
];

async function edit(collection: string, filter: Document, field: string, value: unknown): Promise<void> {
  const change = value === undefined ? { $unset: { [field]: "" } } : { $set: { [field]: value } };
  // MongoDB itself refuses a second list in an index.
  const parallelArrays = 171;
  await db
    .collection(collection)
    .updateOne(filter, change)
    .catch((error: { code?: number }) => {
      if (error.code !== parallelArrays) throw error;
    });
}

/** Edits each field but those by which the row is found, checks, and puts the row back. */
async function forEachEdit(collection: string, found: readonly string[], check: (field: string) => Promise<void>) {
  const original = await db.collection(collection).findOne({});
  if (original === null) throw new Error("there is no row");
  const own = { _id: original._id };
  for (const field of Object.keys(original).filter((name) => !["_id", "operation", ...found].includes(name))) {
    for (const value of wrongValues) {
      if (JSON.stringify(value) === JSON.stringify(original[field])) continue;
      await edit(collection, own, field, value);
      const edited = await db.collection(collection).findOne(own);
      if (JSON.stringify(edited?.[field]) === JSON.stringify(original[field])) continue;
      await check(`${field}: ${String(value)}`);
    }
    await db.collection(collection).replaceOne(own, original);
  }
}

test("threat 104: a document with any field of another type or content does not verify, and the others are found", async () => {
  const {
    envelope: _envelope,
    kid: _kid,
    ...fields
  } = aSecret("alice/A", {
    lists: aLists({ readers: ["alice"] }),
    metadata: [["team", "payments"]],
  });
  const secret = sealDocument(keyring, fields, { value: "v", sealedDigest: undefined });
  const neighbour = aSecret("alice/B", { lists: aLists({ readers: ["alice"] }) });
  await store.commitSecrets(aCommit([secret]));
  expect(openDocument(keyring, secret).value).toBe("v");
  const own = await db.collection("secrets").findOne({});
  await store.commitSecrets(aCommit([neighbour]));
  const keys = ["alice/A", "alice/B"];
  // `sizes` only counts for the quotas, and is not authenticated.
  await forEachEdit("secrets", ["tenant", "key", "visibleTo", "sizes"], async (what) => {
    const found = await store.findSecrets({ tenant, keys, visibleTo: "everyone" });
    const edited = found.find(({ key }) => key === "alice/A");
    if (edited === undefined) throw new Error(`it is not found after an edit of ${what}`);
    expect(() => openDocument(keyring, edited), what).toThrow(IntegrityError);
    expect(found).toContainEqual(neighbour);
  });
  expect(await db.collection("secrets").findOne({ key: "alice/A" })).toEqual(own);
});

test("threat 104: someone who is written into the index but not into a list is shown only what does not name them", async () => {
  const secret = aSecret("alice/A", { lists: aLists({ readers: ["alice"] }) });
  await store.commitSecrets(aCommit([secret]));
  await edit("secrets", { key: "alice/A" }, "visibleTo", ["mallory"]);
  expect(await store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: ["mallory"] })).toEqual([secret]);
  expect(secret.lists.readers).not.toContain("mallory");
});

test("threat 104: a user or token with any field of another type or content does not verify", async () => {
  const user = signUser(keyring, aUser("alice", { roles: ["ops"] }));
  const token = signToken(keyring, aToken("tok_1", { grants: ["read:prod/*"] }));
  await store.commitIdentity({ tenant, expectedRevision: 0, users: [user], tokens: [token], audit: [] });
  expect(verifyUser(keyring, user)).toEqual(user);
  await forEachEdit("users", ["tenant", "slug"], async (what) => {
    const found = await store.findUser(tenant, "alice");
    if (found === undefined) throw new Error("it is not found");
    expect(() => verifyUser(keyring, found), what).toThrow(IntegrityError);
  });
  await forEachEdit("tokens", ["tenant", "id"], async (what) => {
    const found = await store.findToken(tenant, "tok_1");
    if (found === undefined) throw new Error("it is not found");
    expect(() => verifyToken(keyring, found), what).toThrow(IntegrityError);
  });
});

test("threat 102: records, chains, keys and revisions of another shape are read, and fit nothing", async () => {
  await store.appendAccess([aRecord()]);
  await store.addKey({ kid: "a", purpose: "keyring", data: new Uint8Array([1]), createdAtMs: 1 });
  const [original] = await store.listAudit({ tenant, limit: 1 });
  await forEachEdit("access", ["tenant", "timeMs"], async (what) => {
    expect(await store.listAudit({ tenant, limit: 1 }), what).not.toEqual([original]);
  });
  await forEachEdit("chains", [], async () => {
    expect(await store.listChains()).toHaveLength(2);
  });
  await forEachEdit("keys", ["kid", "purpose", "createdAtMs"], async (what) => {
    expect((await store.listKeys())[0]?.data, what).not.toEqual(new Uint8Array([1]));
  });
  await store.commitIdentity({ tenant, expectedRevision: 0, users: [], tokens: [], audit: [] });
  await edit("identity_revisions", {}, "revision", "1");
  const commit = { tenant, users: [], tokens: [], audit: [] };
  expect(await store.commitIdentity({ ...commit, expectedRevision: 1 })).toBe("stale");
});

test("threat 105: an old document put back is found as it is: its MAC is right, so only the audit log shows it", async () => {
  const first = aSecret("alice/A");
  await store.commitSecrets(aCommit([first], { audit: [aRecord({ version: 1 })] }));
  const old = await db.collection("secrets").findOne({ key: "alice/A" });
  const { _id, ...content } = old ?? {};
  await store.commitSecrets(aCommit([{ ...first, version: 2 }], { audit: [aRecord({ version: 2 })] }));
  await db.collection("secrets").replaceOne({ key: "alice/A" }, content);
  const [found] = await store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" });
  expect(found?.version).toBe(1);
  const versions = (await store.listAudit({ tenant, limit: 10 })).map((record) => record.version);
  expect(versions).toEqual([2, 1]);
});
