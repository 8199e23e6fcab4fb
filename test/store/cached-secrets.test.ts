import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import type { VisibleTo } from "../../src/store/secret-store.ts";
import { createCachedSecrets, lookupName } from "../../src/store/sqlite/cached-secrets.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

describe("secrets that were read before", () => {
  let directory: string;
  let store: Store;
  const find = async (key: string, visibleTo: VisibleTo): Promise<StoredSecret | undefined> =>
    (await store.findSecrets({ tenant, keys: [key], visibleTo }))[0];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "store-"));
    store = await openSqliteStore({ directory, auditSync: "process" });
    await begin(store);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it("are given out again, as one frozen object", async () => {
    const lists = aLists({ readers: ["bob"] });
    await store.commitSecrets(aCommit([aSecret("alice/A", { lists, metadata: [["team", "payments"]] })]));
    const first = await find("alice/A", ["bob"]);
    await nextTurn();
    expect(await find("alice/A", ["bob"])).toBe(first);
    expect(first).toMatchObject({ lists, metadata: [["team", "payments"]] });
    expect(Object.isFrozen(first)).toBe(true);
  });

  it("are read anew after a commit is acknowledged, in the same turn", async () => {
    const secret = aSecret("alice/A", { lists: aLists({ readers: ["bob"] }) });
    await store.commitSecrets(aCommit([secret]));
    expect((await find("alice/A", ["bob"]))?.version).toBe(1);
    await store.commitSecrets(aCommit([nextVersion(secret, { lists: aLists({ readers: ["carol"] }) })]));
    expect(await find("alice/A", ["bob"])).toBeUndefined();
    expect((await find("alice/A", ["carol"]))?.version).toBe(2);
  });

  it("threat 15: are read anew after anyone else edited the database, from the next turn on", async () => {
    await store.commitSecrets(aCommit([aSecret("alice/A", { lists: aLists({ readers: ["bob"] }) })]));
    expect((await find("alice/A", ["bob"]))?.owner).toBe("alice");
    const db = new DatabaseSync(join(directory, "secrets.db"));
    db.exec("UPDATE secret SET owner = 'mallory'");
    db.close();
    await nextTurn();
    expect((await find("alice/A", ["bob"]))?.owner).toBe("mallory");
  });

  it("threat 80: are not found by those who may not see them", async () => {
    const readers = ["ab", "c"];
    await store.commitSecrets(aCommit([aSecret("alice/A", { lists: aLists({ readers }) })]));
    for (const visibleTo of [["ab"], ["c"], ["x", "c"], "everyone"] as const) {
      expect((await find("alice/A", visibleTo))?.key).toBe("alice/A");
      expect((await find("alice/A", visibleTo))?.key).toBe("alice/A");
    }
    for (const visibleTo of [["a", "b"], ["a"], ["abc"], ["ab:1:c"], ["*"], ["everyone"], []]) {
      expect(await find("alice/A", visibleTo)).toBeUndefined();
    }
    expect(await store.findSecrets({ tenant: "other", keys: ["alice/A"], visibleTo: ["ab"] })).toEqual([]);
  });
});

describe("the names of cached secrets", () => {
  it("differ when tenant, identities or key do, however these are spelled", () => {
    const parts = ["", "*", "=", ":", "1", "1:", "1:a", "a", "a=", "a*", "1:a=", "11:"];
    const names = new Set<string>();
    let count = 0;
    for (const tenant of parts) {
      for (const key of parts) {
        const visible: VisibleTo[] = ["everyone", [], ...parts.map((one) => [one])];
        for (const a of parts) for (const b of parts) visible.push([a, b]);
        for (const visibleTo of visible) {
          names.add(lookupName(tenant, visibleTo) + key);
          count += 1;
        }
      }
    }
    expect(names.size).toBe(count);
  });
});

describe("the cache of secrets", () => {
  it("is bounded: the oldest goes first, and large secrets are not cached at all", () => {
    const cached = createCachedSecrets();
    cached.add("large", aSecret("alice/LARGE", { envelope: new Uint8Array(4097) }));
    expect(cached.find("large")).toBeUndefined();
    for (let at = 0; at <= 1000; at += 1) cached.add(`${at}`, aSecret(`alice/${at}`));
    expect(cached.find("0")).toBeUndefined();
    expect(cached.find("1")?.key).toBe("alice/1");
    expect(cached.find("1000")?.key).toBe("alice/1000");
    cached.clear();
    expect(cached.find("1000")).toBeUndefined();
  });

  it("is nothing when none may be cached", () => {
    const cached = createCachedSecrets(0);
    expect(cached.add("name", aSecret("alice/KEY")).key).toBe("alice/KEY");
    expect(cached.find("name")).toBeUndefined();
  });
});
