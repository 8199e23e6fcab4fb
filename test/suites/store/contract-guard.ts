import { expect, it } from "vitest";
import { StoreError } from "../../../src/store/store-error.ts";
import {
  aCommit,
  anIdempotencyRecord,
  aRecord,
  aSecret,
  aToken,
  aUser,
  nextVersion,
  startMs,
  tenant,
} from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

/** What no caller may pass, although its type says so: the store is the last to check. */
function wrong<T>(value: unknown): T {
  return value as T;
}

const notNames: readonly unknown[] = ["", undefined, null, 0, { $ne: null }, ["alice/A"], { $regex: ".*" }];

export function guardContract(fixture: Fixture): void {
  const refused = async (call: () => Promise<unknown>): Promise<void> => {
    const error = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ kind: "bug" });
  };

  it("threat 54: threat 55: no tenant and no name that is empty, missing or not a string reaches a query", async () => {
    const { store } = fixture;
    await store.commitSecrets(aCommit([aSecret("alice/A")]));
    for (const value of notNames) {
      const name = wrong<string>(value);
      const page = { visibleTo: "everyone", right: "any", prefix: "", glob: undefined, after: "" } as const;
      await refused(() => store.findSecrets({ tenant: name, keys: ["alice/A"], visibleTo: "everyone" }));
      await refused(() => store.findSecrets({ tenant, keys: [name], visibleTo: "everyone" }));
      await refused(() => store.findSecrets({ tenant, ids: [name], visibleTo: "everyone" }));
      await refused(() => store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: [name] }));
      for (const list of [store.listSecrets, store.listNames]) {
        await refused(() => list({ ...page, tenant: name, limit: 1, scanLimit: 1 }));
        await refused(() => list({ ...page, tenant, visibleTo: [name], limit: 1, scanLimit: 1 }));
      }
      await refused(() => store.listHistory(name, "alice/A"));
      await refused(() => store.listHistory(tenant, name));
      await refused(() => store.listVersionNumbers(name, ["alice/A"]));
      await refused(() => store.listVersionNumbers(tenant, [name]));
      await refused(() => store.findIdempotency(name, "a", "b", "c", 1));
      await refused(() => store.findIdempotency(tenant, "a", "b", name, 1));
      await refused(() => store.identityRevision(name));
      await refused(() => store.findUser(name, "alice"));
      await refused(() => store.findUser(tenant, name));
      await refused(() => store.listUsers(name, "", 1));
      await refused(() => store.findToken(name, "tok_1"));
      await refused(() => store.findToken(tenant, name));
      await refused(() => store.listTokens(name, undefined, "", 1));
      await refused(() => store.listAudit({ tenant: name, limit: 1 }));
    }
    await refused(() => store.findSecrets(wrong({ tenant, visibleTo: "everyone" })));
    await refused(() => store.findSecrets(wrong({ tenant, keys: ["alice/A"] })));
    await refused(() => store.findTokenByHash(wrong(undefined)));
    await refused(() => store.listAudit({ tenant, key: "", limit: 1 }));
  });

  it("threat 54: refuses commits with fields of another type, and stores nothing of them", async () => {
    const { store } = fixture;
    const good = aSecret("alice/A");
    const wrongSecrets: unknown[] = [
      ...notNames.map((key) => ({ ...good, key })),
      ...notNames.map((name) => ({ ...good, tenant: name })),
      { ...good, tenant: "other" },
      { ...good, version: 1.5 },
      { ...good, version: -1 },
      { ...good, version: 2 ** 53 },
      { ...good, createdAtMs: new Date() },
      { ...good, updatedAtMs: undefined },
      { ...good, removed: 0 },
      { ...good, envelope: "text" },
      { ...good, owner: undefined },
      { ...good, lists: { ...good.lists, readers: [""] } },
      { ...good, lists: { ...good.lists, readers: "alice" } },
      { ...good, metadata: [["name"]] },
      undefined,
    ];
    for (const secret of wrongSecrets) {
      const changes = [
        { secret: aSecret("alice/B"), expectedVersion: 0 },
        { secret: wrong<typeof good>(secret), expectedVersion: 0 },
      ];
      await refused(() => store.commitSecrets({ ...aCommit([good]), changes }));
    }
    await refused(() => store.commitSecrets({ ...aCommit([good]), tenant: "" }));
    await refused(() => store.commitSecrets(aCommit([good], { audit: [aRecord({ timeMs: -1 })] })));
    await refused(() => store.commitSecrets(aCommit([good], { idempotency: anIdempotencyRecord({ key: "" }) })));
    await refused(() => store.commitSecrets(aCommit([good], { idempotency: anIdempotencyRecord({ tenant: "b" }) })));
    expect((await store.listSecrets({ ...allOf, tenant })).secrets).toEqual([]);
  });

  it("threat 54: refuses users, tokens, keys and records with fields of another type", async () => {
    const { store } = fixture;
    const commit = { tenant, expectedRevision: 0, users: [], tokens: [], audit: [] };
    const users = [
      aUser(""),
      aUser("a", { tenant: "b" }),
      aUser("a", { roles: [""] }),
      aUser("a", wrong({ admin: 1 })),
    ];
    for (const user of users) await refused(() => store.commitIdentity({ ...commit, users: [user] }));
    const tokens = [
      aToken(""),
      aToken("a", { slug: "" }),
      aToken("a", wrong({ hash: "x" })),
      aToken("a", { expireAtMs: NaN }),
    ];
    for (const token of tokens) await refused(() => store.commitIdentity({ ...commit, tokens: [token] }));
    await refused(() => store.commitIdentity({ ...commit, tenant: "" }));
    await refused(() => store.commitIdentity({ ...commit, expectedRevision: -1 }));
    await refused(() => store.addKey(wrong({ kid: "", purpose: "keyring", data: new Uint8Array(1), createdAtMs: 1 })));
    await refused(() => store.addKey(wrong({ kid: "a", purpose: "keyring", data: "text", createdAtMs: 1 })));
    const data = new Uint8Array(1);
    await refused(() => store.replaceKeyData({ kid: "", purpose: "sealing", data }, data));
    await refused(() => store.replaceKeyData({ kid: "a", purpose: "sealing", data }, wrong("text")));
    const records = [aRecord({ tenant: "" }), aRecord({ count: 0.5 }), aRecord(wrong({ key: { $ne: null } }))];
    for (const record of records) await refused(() => store.appendAccess([record]));
    expect(await store.hasNoUsers()).toBe(true);
    expect(await store.listKeys()).toEqual([]);
    expect(await store.listAudit({ tenant, limit: 10 })).toEqual([]);
  });

  it("fault E4: refuses an audit query in which any name or number is of another type", async () => {
    const { store } = fixture;
    const query = (fields: object) => store.listAudit(wrong({ tenant, limit: 1, ...fields }));
    for (const field of ["key", "keyGlob", "principal", "actionPrefix", "decision"]) {
      for (const value of notNames) if (value !== undefined) await refused(() => query({ [field]: value }));
    }
    for (const actions of [null, "secret.read", [""], [{ $ne: null }]]) await refused(() => query({ actions }));
    await refused(() => query({ key: "alice/A", keyGlob: "alice/*" }));
    const notCounts = [-1, 0.5, Number.NaN, "1", null, new Date(), { $gt: 0 }];
    for (const field of ["fromMs", "toMs", "limit"]) {
      for (const value of notCounts) await refused(() => query({ [field]: value }));
    }
    const after = { timeMs: 1, chain: "c", position: 1 };
    for (const value of notCounts) {
      await refused(() => query({ after: { ...after, timeMs: value } }));
      await refused(() => query({ after: { ...after, position: value } }));
    }
    for (const value of [undefined, null, 0, {}]) await refused(() => query({ after: { ...after, chain: value } }));
    expect(await query({ principal: "alice", after })).toEqual([]);
  });

  it("fault E4: refuses to rewrap what is not a row", async () => {
    const { store } = fixture;
    const bytes = new Uint8Array(1);
    const row = { kind: "secrets", tenant, name: "alice/A", version: 1, former: bytes, kid: "a", proof: bytes };
    const rewrap = (fields: object) => store.rewrap([wrong({ ...row, ...fields })]);
    for (const field of ["kind", "tenant", "name", "kid"]) {
      for (const value of notNames) await refused(() => rewrap({ [field]: value }));
    }
    for (const value of [-1, 0.5, "1", undefined, null]) await refused(() => rewrap({ version: value }));
    for (const field of ["former", "proof"]) {
      const notBytes = ["text", undefined, null, [1], {}, new Uint16Array(1), new DataView(new ArrayBuffer(1))];
      for (const value of notBytes) await refused(() => rewrap({ [field]: value }));
    }
    for (const kind of ["idempotency", "changes", "secret", "__proto__"]) await refused(() => rewrap({ kind }));
    for (const value of [undefined, null, "row", 1]) await refused(() => store.rewrap([wrong(value)]));
    expect(await rewrap({})).toBe(0);
  });

  it("goes on after it refused something", async () => {
    const first = aSecret("alice/A");
    await refused(() => fixture.store.commitSecrets(aCommit([aSecret("")])));
    expect(await fixture.store.commitSecrets(aCommit([first]))).toEqual({ status: "committed" });
    expect(await fixture.store.commitSecrets(aCommit([nextVersion(first)]))).toEqual({ status: "committed" });
    await fixture.store.appendAccess([]);
    await fixture.store.appendAccess([aRecord({ timeMs: startMs })]);
  });
}

const allOf = {
  visibleTo: "everyone",
  right: "any",
  prefix: "",
  glob: undefined,
  after: "",
  limit: 10,
  scanLimit: 10,
} as const;
