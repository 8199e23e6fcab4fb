import { describe, expect, onTestFinished, test } from "vitest";
import type { BackupRecord } from "../../src/backup/content.ts";
import { requireRestored, restoreInto } from "../../src/backup/write-store.ts";
import type { Keyring } from "../../src/crypto/keyring.ts";
import { signToken, signUser, verifyUser } from "../../src/identity/rows.ts";
import { signPermit, verifyPermit } from "../../src/rules/permit-row.ts";
import { openDocument } from "../../src/secrets/document.ts";
import {
  aKeyring,
  begin,
  contentOf,
  contentOfSnapshot,
  fill,
  openPlace,
  type Place,
  type StoreKind,
  save,
  storeKinds,
  streamOf,
} from "../support/backup/fixture.ts";
import { aPermit, aRecord, aToken, aUser, nextVersion, startMs } from "../support/store/rows.ts";

async function place(kind: StoreKind): Promise<Place> {
  const opened = await openPlace(kind);
  onTestFinished(() => opened.dispose());
  return opened;
}

async function filled(kind: StoreKind): Promise<{ source: Place; keyring: Keyring }> {
  const source = await place(kind);
  const keyring = aKeyring();
  await fill(source.store, keyring);
  return { source, keyring };
}

const target = (to: Place, keyring: Keyring, withTokens = true) => ({
  store: to.store,
  keyring,
  withTokens,
  nowMs: startMs,
});

/** Without what each store has of its own: its audit log, and the sealing key of its own keyring key. */
const shared = (records: readonly BackupRecord[], { active }: Keyring) =>
  records.filter(
    (record) => !["backup", "end"].includes(record.kind) && !("kid" in record && record.kid === active.kid),
  );

describe.each(storeKinds.flatMap((from) => storeKinds.map((to) => ({ from, to }))))("$from to $to", ({ from, to }) => {
  test("everything comes back under another key: all versions, removed secrets, users, tokens, sealing keys", async () => {
    const { source, keyring } = await filled(from);
    const { records, problems } = await contentOf(source, keyring);
    expect(problems).toEqual([]);
    const restored = await place(to);
    const other = aKeyring();
    const counts = await restoreInto(target(restored, other), streamOf(records));
    expect(counts).toEqual({ secrets: 8, versions: 20, users: 4, tokens: 4, sealingKeys: 3 });
    const again = await contentOf(restored, other);
    expect(again.problems).toEqual([]);
    const expected = records.filter((record) => !["backup", "end"].includes(record.kind));
    expect(shared(again.records, other)).toEqual(expected);
    expect((await restored.store.countByKey(startMs)).map(({ kid }) => kid)).not.toContain(keyring.active.kid);
  });
});

describe.each(storeKinds.flatMap((from) => storeKinds.map((to) => ({ from, to }))))("$from to $to", ({ from, to }) => {
  test("permits come back under another key, those that were taken away do not", async () => {
    const { source, keyring } = await filled(from);
    const commit = { tenant: "acme", users: [], tokens: [], audit: [aRecord({ tenant: "acme" })] };
    const expectedRevision = await source.store.identityRevision("acme");
    const [web, ops] = [aPermit("web", ["prod/*"], { tenant: "acme" }), aPermit("ops", [], { tenant: "acme" })];
    const permits = [web, ops].map((permit) => signPermit(keyring, permit));
    await source.store.commitIdentity({ ...commit, expectedRevision, permits });
    const { records } = await contentOf(source, keyring);
    const [restored, other] = [await place(to), aKeyring()];
    expect(await restoreInto(target(restored, other), streamOf(records))).toMatchObject({ permits: 1 });
    const [found, ...more] = await restored.store.listPermits("acme", "", 9);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ name: "web", patterns: ["prod/*"], updatedAtMs: startMs });
    expect(() => found && verifyPermit(other, found)).not.toThrow();
  });

  test("fault A3: quotas of tenants come back, and the restored store counts what is in it", async () => {
    const { source, keyring } = await filled(from);
    const commit = { tenant: "acme", users: [], tokens: [], audit: [aRecord({ tenant: "acme" })] };
    const expectedRevision = await source.store.identityRevision("acme");
    await source.store.commitIdentity({ ...commit, expectedRevision, quotas: '{"userSecrets":7}' });
    const { records } = await contentOf(source, keyring);
    const restored = await place(to);
    expect(await restoreInto(target(restored, aKeyring()), streamOf(records))).toMatchObject({ quotas: 1 });
    expect(await restored.store.findQuotas("acme")).toBe('{"userSecrets":7}');
    const usageOf = async ({ store }: Place) =>
      (await store.listUsage({ tenant: "", slug: "" }, 100)).filter(({ bytes }) => bytes > 0);
    expect(await usageOf(restored)).toEqual(await usageOf(source));
    expect((await usageOf(restored)).length).toBeGreaterThan(2);
  });
});

describe.each(storeKinds)("%s", (kind) => {
  test("the restored store answers as the old one did, and is no longer marked", async () => {
    const { source, keyring } = await filled(kind);
    const restored = await place(kind);
    const other = aKeyring();
    await restoreInto(target(restored, other), streamOf((await contentOf(source, keyring)).records));
    await requireRestored(restored.store);
    const [found] = await restored.store.findSecrets({
      tenant: "acme",
      keys: ["prod/CHANGED"],
      visibleTo: ["backend"],
    });
    expect(found && openDocument(other, found).value).toBe("value 13");
    expect((await restored.store.listHistory("acme", "prod/CHANGED")).map(({ version }) => version)).toEqual([
      13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
    ]);
    const page = {
      tenant: "acme",
      visibleTo: "everyone",
      right: "any",
      prefix: "",
      glob: undefined,
      after: "",
      limit: 10,
      scanLimit: 10,
    } as const;
    expect((await restored.store.listNames(page)).names.map(({ key }) => key)).toEqual([
      "prod/CHANGED",
      "prod/LARGE",
      "prod/SEALED",
    ]);
    expect(
      (await restored.store.listAudit({ tenant: "acme", limit: 10 })).every(
        ({ action }) => action === "backup.restore",
      ),
    ).toBe(true);
    if (found !== undefined) await save(restored.store, other, nextVersion(found), { value: "goes on" });
  });

  test("tokens can be left out", async () => {
    const { source, keyring } = await filled(kind);
    const restored = await place(kind);
    const other = aKeyring();
    const { records } = await contentOf(source, keyring);
    expect(await restoreInto(target(restored, other, false), streamOf(records))).toMatchObject({ tokens: 0, users: 4 });
    expect(await restored.store.listTokens("acme", undefined, "", 10)).toEqual([]);
  });

  test("a backup is of one moment: what is saved while it is read is not in it", async () => {
    const { source, keyring } = await filled(kind);
    const before = await contentOf(source, keyring);
    const snapshot = await source.snapshot();
    onTestFinished(() => snapshot.close());
    const [current] = await source.store.findSecrets({ tenant: "acme", keys: ["prod/LARGE"], visibleTo: "everyone" });
    if (current === undefined) throw new Error("nothing to change");
    await save(source.store, keyring, nextVersion(current), { value: "later" });
    const during = await contentOfSnapshot(snapshot, keyring);
    expect(during).toEqual(before);
    expect((await contentOf(source, keyring)).records).not.toEqual(before.records);
  });

  test("a restore that did not finish leaves a store that is not served, nor restored into again", async () => {
    const { source, keyring } = await filled(kind);
    const { records } = await contentOf(source, keyring);
    const restored = await place(kind);
    async function* broken() {
      yield* records.slice(0, -3);
      throw new Error("the machine went down");
    }
    await expect(restoreInto(target(restored, keyring), broken())).rejects.toThrow("the machine went down");
    await expect(requireRestored(restored.store)).rejects.toThrow("did not finish");
    const again = restoreInto(target(restored, keyring), streamOf(records));
    await expect(again).rejects.toThrow("did not finish");
  });

  test("a store that was in use is not restored into", async () => {
    const { source, keyring } = await filled(kind);
    const { records } = await contentOf(source, keyring);
    const before = await contentOf(source, keyring);
    await expect(restoreInto(target(source, keyring), streamOf(records))).rejects.toThrow("the store is not empty");
    expect(await contentOf(source, keyring)).toEqual(before);
  });

  test("without a key that rows need there is no backup", async () => {
    const { source } = await filled(kind);
    const snapshot = await source.snapshot();
    onTestFinished(() => snapshot.close());
    await expect(contentOfSnapshot(snapshot, aKeyring())).rejects.toThrow("the store needs the encryption key");
  });
});

test.each(storeKinds)(
  "%s: users of issuers come back with what their issuer calls them, sessions do not",
  async (kind) => {
    const source = await place(kind);
    const keyring = aKeyring();
    const login = { issuer: "https://id.example.com", subject: "4711", displayName: "Alice Smith" };
    const alice = signUser(keyring, aUser("alice", { login }));
    const key = { id: "pky_1", credential: "c", publicKey: "k", counter: 3, name: "laptop", createdAtMs: startMs };
    const invitation = { hash: "x", endAtMs: startMs };
    const bob = signUser(keyring, aUser("bob", { passkeys: { handle: "h", keys: [key], invitation } }));
    const session = { issuer: login.issuer, parent: "", sid: "1", client: "Chromium", refreshToken: new Uint8Array(0) };
    const tokens = [signToken(keyring, aToken("tok_1", { session })), signToken(keyring, aToken("tok_2"))];
    await begin(source.store, keyring);
    const commit = { tenant: "default", expectedRevision: 0, users: [alice, bob], tokens, audit: [] };
    expect(await source.store.commitIdentity(commit)).toBe("committed");
    const { records, problems } = await contentOf(source, keyring);
    expect(problems).toEqual([]);
    const restored = await place(kind);
    const other = aKeyring();
    expect(await restoreInto(target(restored, other), streamOf(records))).toMatchObject({ users: 2, tokens: 1 });
    const [user] = await restored.store.findUsersByHandle("h");
    // The invitation could be used a second time.
    expect(user && verifyUser(other, user).passkeys).toEqual({ handle: "h", keys: [key] });
    const found = await restored.store.findUser("default", "alice");
    expect(found && verifyUser(other, found).login).toEqual(login);
    expect(await restored.store.findUsersOfIssuer(login.issuer, "4711")).toHaveLength(1);
    expect((await restored.store.listTokens("default", undefined, "", 10)).map(({ id }) => id)).toEqual(["tok_2"]);
  },
);
