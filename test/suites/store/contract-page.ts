import { expect, it } from "vitest";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import type { SecretPage, SecretPageQuery } from "../../../src/store/secret-store.ts";
import { aCommit, aLists, aSecret, nextVersion, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

const everything: SecretPageQuery = {
  tenant,
  visibleTo: "everyone",
  right: "any",
  prefix: "",
  glob: undefined,
  after: "",
  limit: 100,
  scanLimit: 10_000,
};

function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function pageContract(fixture: Fixture): void {
  /** Whatever page of secrets is asked for, the page of names is the same. */
  const list = async (query: Partial<SecretPageQuery>): Promise<SecretPage> => {
    const page = await fixture.store.listSecrets({ ...everything, ...query });
    const { secrets, ...rest } = page;
    const names = secrets.map(({ key, id }) => ({ key, id }));
    expect(await fixture.store.listNames({ ...everything, ...query })).toEqual({ names, ...rest });
    return page;
  };
  const keysOf = (secrets: readonly StoredSecret[]): string[] => secrets.map((secret) => secret.key);
  const listKeys = async (query: Partial<SecretPageQuery>): Promise<string[]> => keysOf((await list(query)).secrets);
  const walk = async (query: Partial<SecretPageQuery>): Promise<{ keys: string[]; pages: number }> => {
    const keys: string[] = [];
    let pages = 0;
    for (let next: string | undefined = ""; next !== undefined; pages += 1) {
      const page: SecretPage = await list({ ...query, after: next });
      expect(page.secrets.length).toBeLessThanOrEqual(query.limit ?? everything.limit);
      keys.push(...keysOf(page.secrets));
      next = page.next;
    }
    return { keys, pages };
  };
  const save = async (...secrets: StoredSecret[]): Promise<void> => {
    for (let at = 0; at < secrets.length; at += 1000) {
      const outcome = await fixture.store.commitSecrets(aCommit(secrets.slice(at, at + 1000)));
      expect(outcome).toEqual({ status: "committed" });
    }
  };

  it("orders by bytes", async () => {
    const keys = ["a", "B", "A/x", "A-x", "A", "_", "a/b/c", "A+x", "=x", "@", "0", "a.b", "Z", "a-b"];
    await save(...keys.map((key) => aSecret(key, { lists: aLists({ readers: ["bob"] }) })));
    const ordered = [...keys].sort(byteOrder);
    expect(await listKeys({})).toEqual(ordered);
    expect(await listKeys({ visibleTo: ["bob"] })).toEqual(ordered);
    expect((await walk({ limit: 1 })).keys).toEqual(ordered);
    expect((await walk({ limit: 3, visibleTo: ["bob", "x"] })).keys).toEqual(ordered);
  });

  it("pages over thousands of keys without gap or repeat, for admins and for the listed", async () => {
    const secrets = Array.from({ length: 3000 }, (_, at) => {
      const readers = at % 3 === 0 ? ["alice", "ops"] : at % 3 === 1 ? ["ops"] : ["carol"];
      return aSecret(`ns${at % 7}/KEY_${at}`, { lists: aLists({ readers }) });
    });
    await save(...secrets);
    const keys = keysOf(secrets).sort(byteOrder);
    const ofOps = keysOf(secrets.filter((secret) => secret.lists.readers.includes("ops"))).sort(byteOrder);
    expect(await walk({ limit: 1000 })).toEqual({ keys, pages: 3 });
    expect((await walk({ limit: 97 })).keys).toEqual(keys);
    expect(await walk({ visibleTo: ["ops"], limit: 100 })).toEqual({ keys: ofOps, pages: 20 });
    expect((await walk({ visibleTo: ["alice", "ops", "nobody"], limit: 101 })).keys).toEqual(ofOps);
    expect((await walk({ visibleTo: ["alice"], limit: 1000 })).keys).toHaveLength(1000);
    expect((await walk({ visibleTo: ["nobody"] })).keys).toEqual([]);
    expect((await walk({ visibleTo: [] })).keys).toEqual([]);
    expect((await walk({ tenant: "other" })).keys).toEqual([]);
    expect((await walk({ visibleTo: ["ops"], prefix: "ns3/" })).keys).toEqual(
      ofOps.filter((key) => key.startsWith("ns3/")),
    );
    const roles = Array.from({ length: 100 }, (_, at) => `role-${at}`);
    expect((await walk({ visibleTo: [...roles, "ops", "alice"], limit: 1000 })).keys).toEqual(ofOps);
  });

  it("leaves out nothing but envelopes where only fields are looked at", async () => {
    await save(aSecret("alice/A", { lists: aLists({ readers: ["bob"] }), metadata: [["expires", "2099-12-31"]] }));
    for (const visibleTo of ["everyone", ["bob"]] as const) {
      const { secrets } = await list({ visibleTo });
      const { secrets: fields } = await list({ visibleTo, fieldsOnly: true });
      expect(fields).toEqual(secrets.map((secret) => ({ ...secret, envelope: fields[0]?.envelope })));
      expect(fields).toHaveLength(1);
    }
  });

  it("shows the new id of a key that got one", async () => {
    const lists = aLists({ readers: ["bob"] });
    const secret = aSecret("alice/A", { lists });
    await save(secret);
    const outcome = await fixture.store.commitSecrets(aCommit([nextVersion(secret, { id: "secr_other" })]));
    expect(outcome).toEqual({ status: "committed" });
    for (const visibleTo of ["everyone", ["bob"]] as const) {
      const { names } = await fixture.store.listNames({ ...everything, visibleTo });
      expect(names).toEqual([{ key: "alice/A", id: "secr_other" }]);
    }
  });

  it("answers whole documents", async () => {
    const secret = aSecret("alice/A", { lists: aLists({ writers: ["bob"] }), metadata: [["__proto__", "x"]] });
    await save(secret);
    for (const glob of [undefined, "*A"]) {
      const expected = { secrets: [secret], next: undefined, scanned: 1 };
      expect(await list({ glob })).toEqual(expected);
      expect(await list({ glob, visibleTo: ["bob"] })).toEqual(expected);
    }
  });

  it("leaves out what may not be read when asked for the right to read", async () => {
    await save(
      aSecret("alice/R", { lists: aLists({ readers: ["bob"], writers: ["bob"] }) }),
      aSecret("alice/W", { lists: aLists({ writers: ["bob"] }) }),
      aSecret("alice/T", { lists: aLists({ writers: ["bob"], readers: ["team"] }) }),
    );
    expect(await listKeys({ visibleTo: ["bob"], right: "read" })).toEqual(["alice/R"]);
    expect(await listKeys({ visibleTo: ["bob", "team"], right: "read" })).toEqual(["alice/R", "alice/T"]);
    expect(await listKeys({ visibleTo: ["bob"], right: "any" })).toEqual(["alice/R", "alice/T", "alice/W"]);
    expect(await listKeys({ right: "read" })).toHaveLength(3);
    const written = await fixture.store.findSecrets({ tenant, keys: ["alice/R", "alice/W"], visibleTo: "everyone" });
    for (const secret of written) {
      const readers = secret.key === "alice/W" ? ["bob"] : [];
      await save(nextVersion(secret, { lists: aLists({ readers, writers: ["bob"] }) }));
    }
    expect(await listKeys({ visibleTo: ["bob"], right: "read" })).toEqual(["alice/W"]);
    expect(await listKeys({ visibleTo: ["bob"], right: "any" })).toEqual(["alice/R", "alice/T", "alice/W"]);
  });

  it("shows no removed secrets, and follows changes of the lists", async () => {
    const [a, b] = ["alice/A", "alice/B"].map((key) => aSecret(key, { lists: aLists({ readers: ["bob"] }) }));
    if (a === undefined || b === undefined) throw new Error("two secrets were made");
    await save(a, b);
    const removed = nextVersion(a, { removed: true });
    await save(removed, nextVersion(b, { lists: aLists({ readers: ["carol"] }) }));
    expect(await listKeys({})).toEqual(["alice/B"]);
    expect(await listKeys({ visibleTo: ["bob"] })).toEqual([]);
    expect(await listKeys({ visibleTo: ["carol"] })).toEqual(["alice/B"]);
    await save(nextVersion(removed, { removed: false, lists: aLists({ writers: ["bob"] }) }));
    expect(await listKeys({ visibleTo: ["bob"] })).toEqual(["alice/A"]);
    expect(await listKeys({ visibleTo: ["bob"], right: "read" })).toEqual([]);
  });

  it("continues after any key, also one that is not there or does not start with the prefix", async () => {
    await save(...["a/1", "a/2", "b/1", "b/2"].map((key) => aSecret(key)));
    expect(await listKeys({ after: "a/11" })).toEqual(["a/2", "b/1", "b/2"]);
    expect(await listKeys({ prefix: "b", after: "a/1" })).toEqual(["b/1", "b/2"]);
    expect(await listKeys({ prefix: "a/", after: "b/1" })).toEqual([]);
    expect(await listKeys({ prefix: "b/1" })).toEqual(["b/1"]);
    expect(await listKeys({ prefix: "b/1", after: "b/1" })).toEqual([]);
  });

  it("threat 56: a glob has one special character; everything else is literal", async () => {
    const keys = ["dev/DB_URL", "dev/API_KEY", "prod/DB_URL", "prod/db_url", "DB_URL", "dev/a.c", "dev/abc"];
    await save(...keys.map((key) => aSecret(key)));
    const cases: [string, string[]][] = [
      ["*", keys],
      ["dev/*", ["dev/API_KEY", "dev/DB_URL", "dev/a.c", "dev/abc"]],
      ["*DB_URL", ["DB_URL", "dev/DB_URL", "prod/DB_URL"]],
      ["*/DB*", ["dev/DB_URL", "prod/DB_URL"]],
      ["d*/*B*", ["dev/DB_URL"]],
      ["DB_URL", ["DB_URL"]],
      ["dev/a.c", ["dev/a.c"]],
      ["*a.c", ["dev/a.c"]],
      ["*a?c", []],
      ["*[a-z]", []],
      ["*[[]*", []],
      ["*.*", ["dev/a.c"]],
      ["**c", ["dev/a.c", "dev/abc"]],
      ["^dev.*", []],
      ["*%*", []],
      ["dev/___", []],
    ];
    for (const [glob, matching] of cases) {
      expect(await listKeys({ glob }), glob).toEqual([...matching].sort(byteOrder));
    }
    expect(await listKeys({ glob: "dev/*", prefix: "prod/" })).toEqual([]);
    expect(await listKeys({ glob: "*_URL", prefix: "prod/" })).toEqual(["prod/DB_URL"]);
    expect(await listKeys({ glob: "prod/D*L", prefix: "p" })).toEqual(["prod/DB_URL"]);
  });

  it("threat 56: a glob made to backtrack is answered, and does not match", async () => {
    await save(...Array.from({ length: 200 }, (_, at) => aSecret(`alice/${"a".repeat(240)}${at}`)));
    expect(await listKeys({ glob: `${"*a".repeat(120)}*b` })).toEqual([]);
  });

  it("pages over the matches of a glob, and cuts a scan that finds few", async () => {
    const secrets = Array.from({ length: 2500 }, (_, at) => {
      return aSecret(`a/${String(at).padStart(4, "0")}`, { lists: aLists({ readers: ["bob"] }) });
    });
    await save(...secrets);
    const sevens = keysOf(secrets).filter((key) => key.endsWith("7"));
    for (const visibleTo of ["everyone", ["bob", "x"]] as const) {
      expect(await walk({ glob: "*7", limit: 50, visibleTo })).toEqual({ keys: sevens, pages: 5 });
      expect((await walk({ glob: "*7", limit: 49, scanLimit: 333, visibleTo })).keys).toEqual(sevens);
      expect((await walk({ limit: 1000, scanLimit: 333, visibleTo })).pages).toBe(8);
      const cut = await list({ glob: "*x", scanLimit: 700, visibleTo });
      expect(cut).toEqual({ secrets: [], next: "a/0699", scanned: 700 });
      const rest = await list({ glob: "*x", scanLimit: 700, after: "a/1799", visibleTo });
      expect(rest).toEqual({ secrets: [], next: undefined, scanned: 700 });
      const exact = await list({ limit: 250, glob: "*7", visibleTo });
      expect([exact.secrets.length, exact.next]).toEqual([250, undefined]);
    }
  });
}
