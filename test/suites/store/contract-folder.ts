import { expect, it } from "vitest";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import type { FolderCount, FolderEntry, FolderPage, FolderQuery, VisibleTo } from "../../../src/store/secret-store.ts";
import { aCommit, aLists, aSecret, nextVersion, startMs, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

export function folderContract(fixture: Fixture): void {
  const save = async (...secrets: StoredSecret[]): Promise<void> => {
    for (let at = 0; at < secrets.length; at += 1000) {
      const outcome = await fixture.store.commitSecrets(aCommit(secrets.slice(at, at + 1000)));
      expect(outcome).toEqual({ status: "committed" });
    }
  };
  const textOf = (entry: FolderEntry) => (entry.kind === "folder" ? `${entry.path}/` : entry.name.key);
  const list = async (query: Partial<FolderQuery>): Promise<FolderPage> =>
    fixture.store.listFolder({
      ...{ tenant, visibleTo: "everyone", right: "any", folder: "", after: "", limit: 100 },
      ...query,
    });
  const walk = async (query: Partial<FolderQuery>): Promise<string[]> => {
    const seen: string[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const page: FolderPage = await list({ ...query, after: next });
      expect(page.entries.length).toBeLessThanOrEqual(query.limit ?? 100);
      seen.push(...page.entries.map(textOf));
      next = page.next;
    }
    return seen;
  };
  const count = (prefix: string, visibleTo: VisibleTo = "everyone", limit = 1000): Promise<FolderCount> =>
    fixture.store.countFolder({ tenant, visibleTo, right: "any", prefix, limit });

  it("lists what is directly in a folder, in byte order, page by page", async () => {
    const keys = [
      "a",
      "a-b",
      "a.b/x",
      "a/1",
      "a/b/c",
      "a/b/d/e",
      "a0",
      "a/b0",
      "b/c/d/e/f/g/h/i",
      "z",
      "a/b-",
      "a/b/c.d",
    ];
    await save(...keys.map((key) => aSecret(key, { lists: aLists({ readers: ["bob"] }) })));
    for (const visibleTo of ["everyone", ["bob"], ["carol", "bob"]] as const) {
      for (const limit of [1, 2, 100]) {
        expect(await walk({ visibleTo, limit })).toEqual(["a", "a-b", "a.b/", "a/", "a0", "b/", "z"]);
        expect(await walk({ visibleTo, limit, folder: "a" })).toEqual(["a/1", "a/b-", "a/b/", "a/b0"]);
        expect(await walk({ visibleTo, limit, folder: "a/b" })).toEqual(["a/b/c", "a/b/c.d", "a/b/d/"]);
        expect(await walk({ visibleTo, limit, folder: "b/c/d/e/f/g/h" })).toEqual(["b/c/d/e/f/g/h/i"]);
      }
    }
    expect(await walk({ folder: "z" })).toEqual([]);
    expect(await walk({ visibleTo: ["carol"] })).toEqual([]);
    expect(await walk({ visibleTo: [] })).toEqual([]);
    expect(await walk({ tenant: "other" })).toEqual([]);
    expect((await list({ limit: 0 })).entries).toEqual([]);
    const { entries } = await list({ folder: "a", limit: 1 });
    expect(entries).toEqual([{ kind: "secret", name: { key: "a/1", id: aSecret("a/1").id } }]);
  });

  it("has only what is visible, live, and readable where that is asked", async () => {
    await save(
      aSecret("r/A", { lists: aLists({ readers: ["bob"] }) }),
      aSecret("w/A", { lists: aLists({ writers: ["bob"] }) }),
      aSecret("c/A", { lists: aLists({ readers: ["carol"] }) }),
    );
    const gone = aSecret("g/A", { lists: aLists({ readers: ["bob"] }) });
    await save(gone);
    await save(nextVersion(gone, { removed: true }));
    expect(await walk({ visibleTo: ["bob"] })).toEqual(["r/", "w/"]);
    expect(await walk({ visibleTo: ["bob"], right: "read" })).toEqual(["r/"]);
    expect(await walk({})).toEqual(["c/", "r/", "w/"]);
    expect(await count("", ["bob"])).toMatchObject({ secrets: 2, more: false });
    expect(await count("")).toMatchObject({ secrets: 3 });
    expect(await count("g/", ["bob"])).toEqual({ secrets: 0, more: false, timed: [] });
    const readable = await fixture.store.countFolder({
      tenant,
      visibleTo: ["bob"],
      right: "read",
      prefix: "",
      limit: 9,
    });
    expect(readable.secrets).toBe(1);
  });

  it("skips what is in the folders, however much that is, and counts to the limit", async () => {
    const many = Array.from({ length: 2200 }, (_, at) => {
      const lists = aLists({ readers: at % 2 === 0 ? ["ops", "team"] : ["team"] });
      const metadata = at % 100 === 0 ? ([["expires", "2031-01-01"]] as const) : [];
      return aSecret(`big/${at % 3}/K${String(at).padStart(4, "0")}`, { lists, metadata });
    });
    await save(...many, aSecret("after", { lists: aLists({ readers: ["ops"] }) }));
    expect(await walk({ visibleTo: ["ops", "team"], limit: 1 })).toEqual(["after", "big/"]);
    expect(await walk({ visibleTo: ["ops", "team"], folder: "big" })).toEqual(["big/0/", "big/1/", "big/2/"]);
    expect(await walk({ folder: "big/1", limit: 300 })).toHaveLength(733);
    expect(await count("big/", ["ops", "team"], 2200)).toMatchObject({ secrets: 2200, more: false });
    const all = await count("big/", ["ops", "team"]);
    expect([all.secrets, all.more]).toEqual([1000, true]);
    expect(await count("big/", ["ops"])).toMatchObject({ secrets: 1000, more: true });
    expect(await count("big/", ["ops"], 1100)).toMatchObject({ secrets: 1100, more: false });
    // Of those that are counted only, whatever else the folder has.
    const counted = many.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, 1000);
    expect(all.timed).toHaveLength(counted.filter(({ metadata }) => metadata.length > 0).length);
  });

  it("has the times of secrets with a date or an interval", async () => {
    const metadata = [
      ["expires", "2031-01-01"],
      ["note", "x"],
    ] as const;
    await save(
      aSecret("t/A", { metadata }),
      aSecret("t/B", { metadata: [["rotation_interval", "90d"]], valueChangedAtMs: startMs - 5 }),
      aSecret("t/C", { metadata: [["note", "no date"]] }),
    );
    const { timed } = await count("t/");
    expect(timed.toSorted((a, b) => a.valueChangedAtMs - b.valueChangedAtMs)).toEqual([
      { metadata: [["rotation_interval", "90d"]], valueChangedAtMs: startMs - 5 },
      { metadata, valueChangedAtMs: startMs },
    ]);
  });

  it("lists removed secrets apart from live ones", async () => {
    const lists = aLists({ readers: ["bob"] });
    const secrets = ["d/1", "d/2", "e/1"].map((key) => aSecret(key, { lists }));
    await save(...secrets, aSecret("d/live", { lists }));
    await save(...secrets.map((secret) => nextVersion(secret, { removed: true })));
    const query = {
      right: "any",
      prefix: "",
      glob: undefined,
      after: "",
      limit: 2,
      scanLimit: 10,
      removed: true,
    } as const;
    for (const visibleTo of ["everyone", ["bob", "carol"]] as const) {
      const page = await fixture.store.listSecrets({ tenant, visibleTo, ...query });
      expect(page.secrets.map(({ key, removed }) => [key, removed])).toEqual([
        ["d/1", true],
        ["d/2", true],
      ]);
      const rest = await fixture.store.listSecrets({ tenant, visibleTo, ...query, after: page.next ?? "" });
      expect([rest.secrets.map(({ key }) => key), rest.next]).toEqual([["e/1"], undefined]);
      const some = { tenant, visibleTo, ...query, prefix: "d/", glob: "*2", fieldsOnly: true };
      expect((await fixture.store.listSecrets(some)).secrets.map(({ key }) => key)).toEqual(["d/2"]);
      const { names } = await fixture.store.listNames({ tenant, visibleTo, ...query, limit: 9 });
      expect(names.map(({ key }) => key)).toEqual(["d/1", "d/2", "e/1"]);
    }
  });
}
