import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, type SecretInit, saveOne } from "../support/api/secret-calls.ts";
import { inMemory } from "../support/api/transports.ts";

let service: TestService;
let admin: Api;
let alice: Api;
let bob: Api;
let carl: Api;

beforeAll(async () => {
  service = await startService(inMemory);
  admin = service.admin;
  alice = await service.addUser("alice", { roles: ["backend"] });
  bob = await service.addUser("bob");
  carl = await service.addUser("carl", { roles: ["backend"] });
});
afterAll(() => service.stop());

const save = (api: Api, secret: SecretInit) => api.secrets.saveSecrets({ secrets: [secret] });
const missing = (right: string) => ({ code: "PermissionDenied", reason: "MISSING_RIGHT", right }) as const;
const six = ["readers", "writers", "deleters", "canChangeReaders", "canChangeWriters", "canChangeDeleters"] as const;
const everyone = (names: string[]) => Object.fromEntries(six.map((list) => [list, names]));

describe("ownership", () => {
  it("threat 6: puts a creator who is not an admin into all six lists, whatever the request says", async () => {
    await saveOne(alice, { key: "alice/own/A", value: "v", clear: [...six] });
    expect(await readOne(alice, "alice/own/A")).toMatchObject({ owner: "alice", ...everyone(["alice"]) });
    await saveOne(alice, { key: "alice/own/B", value: "v", readers: ["bob"], canChangeReaders: ["carl"] });
    expect(await readOne(alice, "alice/own/B")).toMatchObject({
      readers: ["alice", "bob"],
      canChangeReaders: ["alice", "carl"],
      writers: ["alice"],
    });
  });

  it("never takes a non-admin owner out of a list, so that the same save twice changes nothing", async () => {
    const input = { key: "alice/own/C", value: "v", readers: ["bob"], clear: ["writers"] };
    await saveOne(alice, input);
    const again = await saveOne(alice, input);
    expect(again).toMatchObject({ outcome: SaveOutcome.UNCHANGED, version: 1 });
    expect(await readOne(alice, "alice/own/C")).toMatchObject({ readers: ["alice", "bob"], writers: ["alice"] });
  });

  it("nor puts the owner back into one", async () => {
    await saveOne(alice, { key: "alice/own/D", value: "v" });
    await saveOne(admin, { key: "alice/own/D", readers: ["bob"] });
    await saveOne(alice, { key: "alice/own/D", readers: ["alice", "carl"] });
    expect(await readOne(admin, "alice/own/D")).toMatchObject({ readers: ["carl"] });
    expect(await readOne(alice, "alice/own/D")).toBeUndefined();
  });

  it("takes lists and owner of an admin's creation as they are; empty means admins only", async () => {
    await saveOne(admin, { key: "own/E", value: "v" });
    expect(await readOne(admin, "own/E")).toMatchObject({ owner: "admin", ...everyone([]) });
    await saveOne(admin, { key: "own/F", value: "v", owner: "alice", readers: ["bob"] });
    expect(await readOne(admin, "own/F")).toMatchObject({ owner: "alice", readers: ["bob"], writers: [] });
    expect(await readOne(alice, "own/F")).toBeUndefined();
  });

  it("threat 4: lets the owner change the change lists while in them, and admins always", async () => {
    const key = "alice/own/G";
    await saveOne(alice, { key, value: "v", canChangeReaders: ["bob"] });
    await expectFailure(save(bob, { key, canChangeReaders: ["bob", "carl"] }), {
      ...missing("change-readers"),
      field: "secrets[0].canChangeReaders",
    });
    expect((await saveOne(alice, { key, canChangeReaders: ["carl"] })).changedFields).toEqual(["canChangeReaders"]);
    await saveOne(admin, { key, canChangeReaders: ["bob"] });
    await expectFailure(save(alice, { key, canChangeReaders: ["alice"] }), missing("change-readers"));
    await expectFailure(save(bob, { key, canChangeReaders: ["carl"] }), missing("change-readers"));
    expect((await saveOne(admin, { key, clear: ["canChangeReaders"] })).changedFields).toEqual(["canChangeReaders"]);
  });

  it("lets admins alone change the owner", async () => {
    const key = "alice/own/H";
    await saveOne(alice, { key, value: "v", ...everyone(["bob"]) });
    const adminOnly = { code: "PermissionDenied", reason: "ADMIN_ONLY", field: "secrets[0].owner" } as const;
    for (const api of [alice, bob]) await expectFailure(save(api, { key, owner: "bob" }), adminOnly);
    await expectFailure(save(alice, { key: "alice/own/I", value: "v", owner: "bob" }), adminOnly);
    expect((await saveOne(alice, { key, owner: "alice" })).outcome).toBe(SaveOutcome.UNCHANGED);
    expect((await saveOne(admin, { key, owner: "bob" })).changedFields).toEqual(["owner"]);
    expect((await readOne(bob, key))?.owner).toBe("bob");
  });
});

describe("rights", () => {
  it("threat 3: changing a list needs its own right, resending an equal one none", async () => {
    const key = "alice/rights/A";
    await saveOne(alice, { key, value: "v", readers: ["bob"], writers: ["bob"] });
    const same = await saveOne(bob, { key, readers: ["bob", "alice", "bob"], writers: ["alice", "bob"] });
    expect(same.outcome).toBe(SaveOutcome.UNCHANGED);
    for (const [list, right] of [
      ["readers", "change-readers"],
      ["writers", "change-writers"],
      ["deleters", "change-deleters"],
    ] as const) {
      await expectFailure(save(bob, { key, value: "w", [list]: ["bob"] }), {
        ...missing(right),
        field: `secrets[0].${list}`,
      });
    }
    expect(await readOne(alice, key)).toMatchObject({ value: "v", version: 1 });
  });

  it("gives exactly what a list says, also to a role", async () => {
    const key = "alice/rights/B";
    await saveOne(alice, { key, value: "v", canChangeReaders: ["backend"] });
    expect((await saveOne(carl, { key, readers: ["alice", "bob"] })).changedFields).toEqual(["readers"]);
    await expectFailure(save(carl, { key, value: "w" }), missing("write"));
    await expectFailure(save(carl, { key, metadata: { a: "b" } }), missing("write"));
    await expectFailure(save(carl, { key, writers: ["carl"] }), missing("change-writers"));
    await expectFailure(carl.secrets.removeSecrets({ key }), missing("delete"));
    expect((await readOne(bob, key))?.value).toBe("v");
  });

  it("lets a reader resend the value that is there, and no one else without the right to write", async () => {
    const key = "alice/rights/C";
    await saveOne(alice, { key, value: "v", readers: ["bob"], deleters: ["carl"] });
    expect((await saveOne(bob, { key, value: "v" })).outcome).toBe(SaveOutcome.UNCHANGED);
    await expectFailure(save(bob, { key, value: "w" }), missing("write"));
    for (const value of ["v", "w"]) await expectFailure(save(carl, { key, value }), missing("write"));
    await expectFailure(save(carl, { key }), missing("write"));
  });

  it("a writer who may not read never learns whether a value is equal", async () => {
    const key = "alice/rights/D";
    await saveOne(alice, { key, value: "v", writers: ["bob"] });
    const seen = [];
    for (const value of ["v", "v", "other"]) {
      const { outcome, changedFields } = await saveOne(bob, { key, value });
      seen.push({ outcome, changedFields });
    }
    expect(seen).toEqual(Array(3).fill({ outcome: SaveOutcome.UPDATED, changedFields: ["value"] }));
    const plan = await bob.secrets.saveSecrets({ secrets: [{ key, value: "other" }], validateOnly: true });
    expect(plan.results).toMatchObject([{ outcome: SaveOutcome.UPDATED, changedFields: ["value"] }]);
    expect((await saveOne(alice, { key, value: "other" })).outcome).toBe(SaveOutcome.UNCHANGED);
  });

  it("threat 37: takes identities whole, not as prefixes", async () => {
    const key = "alice/rights/E";
    await saveOne(alice, { key, value: "v", readers: ["bo", "bobby", "back", "backend-team", "b-ob"] });
    expect(await readOne(bob, key)).toBeUndefined();
    expect(await readOne(carl, key)).toBeUndefined();
  });

  it("threat 64: takes names in lists in ASCII only", async () => {
    for (const name of ["Alice", "аlice", "bob\u0000", "bob ", "-bob", "bob-", "b--b", "b_b", "bob\n", "ｂob", "*"]) {
      await expectFailure(save(alice, { key: "alice/rights/F", value: "v", readers: [name] }), {
        code: "InvalidArgument",
        reason: "INVALID_FIELD",
        field: "secrets[0].readers[0]",
      });
    }
  });
});

describe("bringing back", () => {
  it("goes on counting, and keeps id, owner and, from a non-admin, the lists", async () => {
    const key = "alice/back/A";
    const { id } = await saveOne(alice, { key, value: "v", writers: ["bob"], readers: ["carl"], metadata: { a: "b" } });
    await alice.secrets.removeSecrets({ key });
    expect(await saveOne(bob, { key, value: "w" })).toMatchObject({ outcome: SaveOutcome.CREATED, version: 3, id });
    expect(await readOne(alice, key)).toMatchObject({
      value: "w",
      owner: "alice",
      readers: ["alice", "carl"],
      writers: ["alice", "bob"],
      metadata: {},
      createdBy: "alice",
      updatedBy: "bob",
    });
  });

  it("needs the right to write under the old lists", async () => {
    const key = "alice/back/B";
    await saveOne(alice, { key, value: "v", readers: ["bob"], deleters: ["bob"] });
    await bob.secrets.removeSecrets({ key });
    const foreign = { code: "PermissionDenied", reason: "FOREIGN_PREFIX" } as const;
    const removed = await expectFailure(save(bob, { key, value: "w" }), foreign);
    const never = await expectFailure(save(bob, { key: "alice/back/X", value: "w" }), foreign);
    expect(JSON.stringify(removed).replaceAll("back/B", "back/X")).toBe(JSON.stringify(never));
  });

  it("does not give a key back to the user with the prefix, when the lists do not say so", async () => {
    const key = "alice/back/C";
    await saveOne(admin, { key, value: "v", writers: ["bob"] });
    await admin.secrets.removeSecrets({ key });
    await expectFailure(save(alice, { key, value: "w" }), missing("write"));
    expect((await saveOne(bob, { key, value: "w" })).version).toBe(3);
  });

  it("threat 94: from an admin, takes the lists of the request, and keeps the owner", async () => {
    const key = "alice/back/D";
    await saveOne(alice, { key, value: "v", readers: ["bob"] });
    await alice.secrets.removeSecrets({ key });
    await saveOne(admin, { key, value: "w", readers: ["carl"] });
    expect(await readOne(admin, key)).toMatchObject({ owner: "alice", readers: ["carl"], writers: [], version: 3 });
    expect(await readOne(bob, key)).toBeUndefined();
  });

  it("keeps the owner in the lists that the owner names anew", async () => {
    const key = "alice/back/E";
    await saveOne(alice, { key, value: "v" });
    await alice.secrets.removeSecrets({ key });
    await saveOne(alice, { key, value: "w", readers: ["bob"] });
    expect(await readOne(alice, key)).toMatchObject({ readers: ["alice", "bob"] });
  });
});
