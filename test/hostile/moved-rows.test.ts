import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reason } from "../../gen/secret/v1/error_pb.ts";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { type Hostile, startHostile } from "../support/hostile/fixture.ts";
import { expectRefusal, operations } from "../support/hostile/operations.ts";

// Columns and tables that a row is found by. Editing one moves the row: under its old name there is nothing, and under
// the new one it does not verify.

let hostile: Hostile;

beforeEach(async () => {
  hostile = await startHostile();
});

afterEach(() => hostile.stop());

const failing = { code: "DataLoss", reason: "INTEGRITY" } as const;

async function run(sql: string, ...values: string[]): Promise<void> {
  expect(await hostile.intruder.run(sql, ...values)).toBeGreaterThan(0);
}

/** An admin may replace what does not verify, so changes are only tried as others. */
async function expectUnreadable(api: Api, key: string, isAdmin = api === hostile.service.admin): Promise<void> {
  const answer = await api.secrets.listSecrets({ keys: [key] });
  expect(answer.secrets).toEqual([]);
  expect(answer.errors).toMatchObject([{ key, reason: Reason.INTEGRITY }]);
  const page = await api.secrets.listSecrets({ view: SecretView.FULL });
  expect(page.errors.map((error) => error.key)).toContain(key);
  expect(page.secrets.map((secret) => secret.key)).not.toContain(key);
  if (isAdmin) return;
  await expectFailure(api.secrets.saveSecrets({ secrets: [{ key, value: "x" }] }), { ...failing, key });
  await expectFailure(api.secrets.removeSecrets({ keys: [key] }), { ...failing, key });
}

async function expectMissing(api: Api, key: string): Promise<void> {
  const answer = await api.secrets.listSecrets({ keys: [key] });
  expect(answer).toMatchObject({ secrets: [], errors: [], missingKeys: [key] });
  await expectFailure(api.secrets.removeSecrets({ keys: [key] }), { code: "NotFound", reason: "NOT_FOUND", key });
}

describe("a row that was moved", () => {
  it("threat 104: to another key is missing under the old one and refused under the new one", async () => {
    const { service, alice, live, mallory } = hostile;
    await run("UPDATE secret SET key = 'mallory/MINE' WHERE key = ?", live.key);
    for (const api of [service.admin, alice]) await expectMissing(api, live.key);
    await expectUnreadable(service.admin, "mallory/MINE");
    await expectMissing(alice, "mallory/MINE");
    // With the index to match, the user to whom the row was moved does not get it either.
    await run("UPDATE visible SET key = 'mallory/MINE' WHERE key = ?", live.key);
    await run("INSERT INTO visible VALUES ('default', 'mallory', 0, 'mallory/MINE', 1, ?)", live.id);
    await expectUnreadable(mallory, "mallory/MINE");
    await run("UPDATE secret SET key = ? WHERE key = 'mallory/MINE'", live.key);
    await run("UPDATE visible SET key = ? WHERE key = 'mallory/MINE'", live.key);
    const { secrets } = await alice.secrets.listSecrets({ keys: [live.key] });
    expect(secrets).toMatchObject([{ value: live.value }]);
  });

  it("threat 104: to another tenant is missing in its own and refused in the other", async () => {
    const { service, alice, live } = hostile;
    const stranger = await service.addUser("boss", { tenant: "other", admin: true });
    const stillThere = await stranger.secrets.listSecrets({ view: SecretView.FULL });
    expect(stillThere.secrets).toEqual([]);
    for (const table of ["secret", "secret_id", "visible"])
      await run(`UPDATE ${table} SET tenant = 'other' WHERE key = ?`, live.key);
    for (const api of [service.admin, alice]) await expectMissing(api, live.key);
    await expectUnreadable(stranger, live.key, true);
  });

  it("threat 104: by two rows exchanging their keys is refused under both", async () => {
    const { service, alice, live } = hostile;
    const other = live.neighbour;
    await run("UPDATE secret SET key = 'between' WHERE key = ?", live.key);
    await run("UPDATE secret SET key = ? WHERE key = ?", live.key, other);
    await run("UPDATE secret SET key = ? WHERE key = 'between'", other);
    for (const api of [service.admin, alice]) for (const key of [live.key, other]) await expectUnreadable(api, key);
  });

  it("threat 104: to another id is missing under the old one, and refused under the new one and by key", async () => {
    const { service, alice, live } = hostile;
    await run("UPDATE secret SET id = 'secr_moved' WHERE key = ?", live.key);
    for (const api of [service.admin, alice]) {
      for (const operation of operations) {
        const expected = operation.names === "id" ? "missing" : "integrity";
        if (operation.isWrite && expected === "integrity" && api === service.admin) continue;
        await expectRefusal(operation, expected, api, live, hostile.intruder);
      }
    }
    await run("UPDATE secret_id SET id = 'secr_moved' WHERE key = ?", live.key);
    const moved = { ...live, id: "secr_moved" };
    for (const operation of operations) {
      await expectRefusal(operation, "integrity", alice, moved, hostile.intruder);
    }
  });
});

describe("an index that lies", () => {
  it("threat 104: an id that leads to another secret neither shows nor changes that one", async () => {
    const { alice, live, intruder } = hostile;
    await run("UPDATE secret_id SET key = ? WHERE id = ?", live.neighbour, live.id);
    for (const operation of operations.filter(({ names }) => names === "id")) {
      await expectRefusal(operation, "missing", alice, live, intruder);
    }
  });

  it("threat 104: rows of `visible` for a stranger show nothing of an untouched secret's value, and change nothing", async () => {
    const { mallory, live } = hostile;
    await run("INSERT INTO visible VALUES ('default', 'mallory', 0, ?, 1, ?)", live.key, live.id);
    const named = await mallory.secrets.listSecrets({ keys: [live.key] });
    expect(named).toMatchObject({ secrets: [], errors: [], missingKeys: [live.key] });
    const page = await mallory.secrets.listSecrets({ view: SecretView.FULL });
    expect(page).toMatchObject({ secrets: [], errors: [] });
    for (const view of [SecretView.KEYS, SecretView.METADATA]) {
      expect(await mallory.secrets.listSecrets({ keys: [live.key], view })).toMatchObject({ secrets: [] });
    }
    const secrets = [{ key: live.key, value: "x" }];
    for (const call of [
      () => mallory.secrets.saveSecrets({ secrets }),
      () => mallory.secrets.removeSecrets({ keys: [live.key] }),
      () => mallory.secrets.removeSecrets({ ids: [live.id] }),
    ]) {
      await expect(call()).rejects.toThrow(/no right|that you can see|may not/);
    }
  });

  it("threat 104: with `visible` emptied a secret is missing to its readers, and admins still have it", async () => {
    const { service, alice, live } = hostile;
    await run("DELETE FROM visible");
    const { missingKeys } = await alice.secrets.listSecrets({ keys: [live.key] });
    expect(missingKeys).toEqual([live.key]);
    const { secrets } = await service.admin.secrets.listSecrets({ keys: [live.key] });
    expect(secrets).toMatchObject([{ value: live.value }]);
  });

  it("threat 104: a stranger who is listed in the document and in the index gets an error and no value", async () => {
    const { mallory, live, intruder } = hostile;
    const lists = '["mallory"]';
    await run(`UPDATE secret SET owner = 'mallory', document = '[${`${lists},`.repeat(6)}[]]' WHERE key = ?`, live.key);
    await run("INSERT INTO visible VALUES ('default', 'mallory', 0, ?, 1, ?)", live.key, live.id);
    await expectUnreadable(mallory, live.key);
    for (const operation of operations.filter(({ names }) => names === "id")) {
      await expectRefusal(operation, "integrity", mallory, live, intruder);
    }
  });
});

describe("what verification alone does not see", () => {
  it("threat 105: a whole old row put back in place of the new one is refused", async () => {
    const { alice, live, intruder } = hostile;
    await alice.secrets.saveSecrets({ secrets: [{ key: live.key, value: "the new value" }] });
    const columns = Object.keys(intruder.row("SELECT * FROM history LIMIT 1")).filter((name) => name !== "key");
    const assignments = columns.map((name) => `${name} = old.${name}`).join(", ");
    await run(
      `UPDATE secret SET ${assignments} FROM (SELECT * FROM history WHERE version = 1 AND key = ?1) old WHERE secret.key = ?1`,
      live.key,
    );
    const { secrets, errors } = await alice.secrets.listSecrets({ keys: [live.key] });
    expect(errors).toMatchObject([{ key: live.key, reason: Reason.INTEGRITY }]);
    expect(secrets).toEqual([]);
  });

  it("threat 105: a deleted row is missing, a documented limit, and its key can be created again by who may create it", async () => {
    const { alice, mallory, live } = hostile;
    await run("DELETE FROM secret WHERE key = ?", live.key);
    await expectMissing(alice, live.key);
    await expectFailure(mallory.secrets.saveSecrets({ secrets: [{ key: live.key, value: "x" }] }), {
      code: "PermissionDenied",
      reason: "FOREIGN_PREFIX",
    });
    const { results } = await alice.secrets.saveSecrets({ secrets: [{ key: live.key, value: "made again" }] });
    expect(results).toMatchObject([{ outcome: SaveOutcome.CREATED, version: 1 }]);
  });
});
