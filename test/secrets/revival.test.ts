import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeSecrets } from "../../src/secrets/remove-secrets.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver, toInput } from "../support/secrets/direct-driver.ts";
import type { Save } from "../support/secrets/model.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

const person = (slug: string, more: { roles?: string[]; admin?: boolean } = {}) => ({
  tenant: "default",
  slug,
  roles: [],
  admin: false,
  ...more,
});
const admin = person("root", { admin: true });
const alice = person("alice");
const bob = person("bob");

const save = (who: typeof admin, key: string, more: Partial<Save> = {}) => {
  const request = { secrets: [toInput({ key, value: "v", ...more })], remove: [], validateOnly: false };
  return saveSecrets(core.context, callOf(who), { ...request, idempotencyKey: "" });
};
const remove = (who: typeof admin, key: string) =>
  removeSecrets(core.context, callOf(who), { keys: [key], ids: [], key: "", id: "", idempotencyKey: "" });
const look = async (key: string) => {
  const [shown] = await createDirectDriver(core.context).read({ ...admin, can: [], permits: [], slugs: [] }, [key]);
  return shown;
};

describe("threat 93: a key that is saved again after its removal", () => {
  test("goes on counting and keeps id, owner and lists", async () => {
    const [created] = await save(alice, "alice/A", { lists: { readers: ["bob"], writers: ["bob"] } });
    await remove(alice, "alice/A");
    const [again] = await save(bob, "alice/A", { value: "w", ifVersion: 0 });
    expect(again).toMatchObject({ outcome: "created", version: 3, id: created?.id });
    expect(await look("alice/A")).toMatchObject({
      owner: "alice",
      value: "w",
      lists: { readers: ["alice", "bob"], writers: ["alice", "bob"], deleters: ["alice"] },
    });
  });

  test("does not take its owner out of a list, as no save does", async () => {
    const file = { lists: { readers: ["bob"], writers: ["bob"] } };
    await save(alice, "alice/B", file);
    await remove(alice, "alice/B");
    await save(alice, "alice/B", file);
    expect(await look("alice/B")).toMatchObject({
      lists: { readers: ["alice", "bob"], writers: ["alice", "bob"] },
    });
  });

  test("does not bring its owner back into a list that an admin took them out of", async () => {
    await save(alice, "alice/C", { lists: { canChangeReaders: ["bob"] } });
    await save(admin, "alice/C", { lists: { canChangeReaders: ["bob"], readers: ["bob"] } });
    await remove(alice, "alice/C");
    await save(alice, "alice/C", { lists: { canChangeReaders: ["alice", "bob"], readers: ["alice", "bob"] } });
    expect(await look("alice/C")).toMatchObject({ lists: { canChangeReaders: ["bob"], readers: ["bob"] } });
  });

  test("needs the rights for the lists that it changes", async () => {
    await save(alice, "alice/D", { lists: { writers: ["bob"] } });
    await remove(alice, "alice/D");
    const denied = save(bob, "alice/D", { lists: { readers: ["bob"] } });
    await expect(denied).rejects.toMatchObject({ reason: "MISSING_RIGHT", failures: [{ right: "change-readers" }] });
  });

  test("by an admin gets the lists that are asked for, and no others", async () => {
    await save(alice, "alice/E");
    await remove(alice, "alice/E");
    await save(admin, "alice/E", { lists: { readers: ["bob"] } });
    expect(await look("alice/E")).toMatchObject({ owner: "alice", lists: { readers: ["bob"], writers: [] } });
  });
});
