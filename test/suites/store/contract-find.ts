import { expect, it } from "vitest";
import type { VisibleTo } from "../../../src/store/secret-store.ts";
import { aCommit, aLists, aSecret, nextVersion, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

export function findContract(fixture: Fixture): void {
  const keysFound = async (keys: readonly string[], visibleTo: VisibleTo, inTenant = tenant): Promise<string[]> => {
    const found = await fixture.store.findSecrets({ tenant: inTenant, keys, visibleTo });
    return found.map((secret) => secret.key).sort();
  };
  const idsFound = async (ids: readonly string[], visibleTo: VisibleTo): Promise<string[]> => {
    const found = await fixture.store.findSecrets({ tenant, ids, visibleTo });
    return found.map((secret) => secret.key).sort();
  };

  it("shows a secret to everyone in any of its six lists, and to no one else", async () => {
    const lists = aLists({
      readers: ["r"],
      writers: ["w"],
      deleters: ["d"],
      canChangeReaders: ["cr"],
      canChangeWriters: ["cw"],
      canChangeDeleters: ["cd"],
    });
    await fixture.store.commitSecrets(aCommit([aSecret("alice/A", { lists }), aSecret("alice/B")]));
    for (const identity of ["r", "w", "d", "cr", "cw", "cd"]) {
      expect(await keysFound(["alice/A", "alice/B", "alice/MISSING"], [identity])).toEqual(["alice/A"]);
    }
    for (const identities of [["alice"], ["R"], ["r "], [""].slice(1), ["x", "y", "z"]]) {
      expect(await keysFound(["alice/A", "alice/B"], identities)).toEqual([]);
    }
    expect(await keysFound(["alice/A", "alice/B", "alice/MISSING"], "everyone")).toEqual(["alice/A", "alice/B"]);
    expect(await keysFound(["alice/A"], ["x", "y", "w"])).toEqual(["alice/A"]);
    expect(await keysFound(["alice/A"], "everyone", "other")).toEqual([]);
    expect(await keysFound(["alice/A"], ["r"], "other")).toEqual([]);
  });

  it("threat 80: an id that is missing and one that is not visible are both left out", async () => {
    const lists = aLists({ readers: ["bob"] });
    const secrets = [aSecret("alice/A", { id: "secr_a", lists }), aSecret("alice/B", { id: "secr_b" })];
    await fixture.store.commitSecrets(aCommit(secrets));
    expect(await idsFound(["secr_a", "secr_b", "secr_missing"], ["bob"])).toEqual(["alice/A"]);
    expect(await idsFound(["secr_b"], ["bob"])).toEqual([]);
    expect(await idsFound(["secr_missing"], ["bob"])).toEqual([]);
    expect(await idsFound(["secr_missing"], "everyone")).toEqual([]);
    expect(await idsFound(["secr_a", "secr_b"], "everyone")).toEqual(["alice/A", "alice/B"]);
  });

  it("threat 80: by id finds only what the globs match, when there are some", async () => {
    const lists = aLists({ readers: ["bob"] });
    const secrets = ["prod/A", "prod/B", "dev/A"].map((key) =>
      aSecret(key, { id: `secr_${key.replace("/", "_")}`, lists }),
    );
    await fixture.store.commitSecrets(aCommit(secrets));
    const ids = [...secrets.map(({ id }) => id), "secr_missing"];
    const within = async (globs: readonly string[], visibleTo: VisibleTo, wanted = ids) => {
      const found = await fixture.store.findSecrets({ tenant, ids: wanted, globs, visibleTo });
      return found.map((secret) => secret.key).sort();
    };
    for (const visibleTo of ["everyone", ["bob"], ["bob", "x", "y"]] as const) {
      expect(await within(["prod/*"], visibleTo)).toEqual(["prod/A", "prod/B"]);
      expect(await within(["prod/B", "*/A"], visibleTo)).toEqual(["dev/A", "prod/A", "prod/B"]);
      expect(await within(["*"], visibleTo, ["secr_dev_A"])).toEqual(["dev/A"]);
      expect(await within(["none/*"], visibleTo)).toEqual([]);
      expect(await within([], visibleTo)).toEqual([]);
    }
    expect(await within(["*"], ["alice"])).toEqual([]);
    expect(await fixture.store.findSecrets({ tenant: "other", ids, globs: ["*"], visibleTo: "everyone" })).toEqual([]);
    const byKey = fixture.store.findSecrets({ tenant, keys: ["prod/A"], globs: ["*"], visibleTo: "everyone" });
    await expect(byKey).rejects.toThrow("globs must be a list");
  });

  it("finds removed secrets, for those in their lists", async () => {
    const secret = aSecret("alice/A", { lists: aLists({ writers: ["alice"] }) });
    await fixture.store.commitSecrets(aCommit([secret]));
    const removed = nextVersion(secret, { removed: true });
    await fixture.store.commitSecrets(aCommit([removed]));
    const lookup = { tenant, keys: ["alice/A"] };
    expect(await fixture.store.findSecrets({ ...lookup, visibleTo: ["alice"] })).toEqual([removed]);
    expect(await fixture.store.findSecrets({ ...lookup, visibleTo: "everyone" })).toEqual([removed]);
    expect(await fixture.store.findSecrets({ ...lookup, visibleTo: ["bob"] })).toEqual([]);
    const revived = nextVersion(removed, { removed: false, lists: aLists({ writers: ["bob"] }) });
    await fixture.store.commitSecrets(aCommit([revived]));
    expect(await fixture.store.findSecrets({ ...lookup, visibleTo: ["alice"] })).toEqual([]);
    expect(await fixture.store.findSecrets({ ...lookup, visibleTo: ["bob"] })).toEqual([revived]);
  });

  it("threat 92: a revocation holds for every read that starts after it", async () => {
    let secret = aSecret("alice/A", { lists: aLists({ readers: ["alice", "bob"] }) });
    await fixture.store.commitSecrets(aCommit([secret]));
    for (let round = 0; round < 10; round += 1) {
      secret = nextVersion(secret, { lists: aLists({ readers: round % 2 === 0 ? ["alice"] : ["alice", "bob"] }) });
      await fixture.store.commitSecrets(aCommit([secret]));
      expect(await keysFound(["alice/A"], ["bob"])).toEqual(round % 2 === 0 ? [] : ["alice/A"]);
    }
  });

  it("finds a thousand names at once, each once", async () => {
    const secrets = Array.from({ length: 500 }, (_, at) => aSecret(`alice/KEY_${at}`));
    await fixture.store.commitSecrets(aCommit(secrets));
    const keys = Array.from({ length: 1000 }, (_, at) => `alice/KEY_${at}`);
    expect(await keysFound([...keys, ...keys], "everyone")).toEqual(secrets.map((secret) => secret.key).sort());
  });

  it("never sees half of a batch", async () => {
    const keys = Array.from({ length: 20 }, (_, at) => `alice/KEY_${at}`);
    let secrets = keys.map((key) => aSecret(key));
    await fixture.store.commitSecrets(aCommit(secrets));
    for (let round = 0; round < 20; round += 1) {
      secrets = secrets.map((secret) => nextVersion(secret));
      const commit = fixture.store.commitSecrets(aCommit(secrets));
      let done = false;
      commit.finally(() => {
        done = true;
      });
      while (!done) {
        const found = await fixture.store.findSecrets({ tenant, keys, visibleTo: "everyone" });
        expect(new Set(found.map((secret) => secret.version)).size).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await commit).toEqual({ status: "committed" });
    }
  });
}
