import { toJson } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RotateKeysResponse } from "../../gen/secret/v1/key_service_pb.ts";
import { EncryptionKeySchema, KeyState, SealingKeyState } from "../../gen/secret/v1/key_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { type Keys, keyTexts, kids, type Process, type Restarts, startRestarts } from "../support/api/restarts.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";

const [oldKey, newKey, thirdKey] = keyTexts;
const [oldKid, newKid] = kids;

let restarts: Restarts;

beforeEach(async () => {
  restarts = await startRestarts();
});
afterEach(() => restarts.dispose());

const start = (...keys: Keys): Promise<Process> => restarts.start(...keys);

async function rotate(admin: Api, options = {}): Promise<RotateKeysResponse> {
  let last: RotateKeysResponse | undefined;
  for await (const progress of admin.keys.rotateKeys(options)) last = progress;
  if (last === undefined) throw new Error("a rotation reports at least its end");
  return last;
}

/** What depends on each key, without what there is none of. */
async function keysOf(admin: Api) {
  const { keys } = await admin.keys.listKeys({});
  return keys.map((key) => {
    const { addedAt: _addedAt, ...rest } = toJson(EncryptionKeySchema, key) as Record<string, unknown>;
    return rest;
  });
}

/** A store with a secret of three versions, a removed one, a user with a token, and a sealed value. */
async function fill(admin: Api): Promise<{ sealed: string; aliceToken: string }> {
  for (const value of ["one", "two", "three"]) await saveOne(admin, { key: "app/KEY", value, readers: ["alice"] });
  await saveOne(admin, { key: "app/GONE", value: "gone" });
  await admin.secrets.removeSecrets({ key: "app/GONE" });
  await admin.identity.saveUsers({ users: [{ slug: "alice" }] });
  const { secret: aliceToken } = await admin.identity.createToken({ slug: "alice" });
  const { value: sealed = "" } = await admin.secrets.encryptValue({ key: "app/KEY", value: "sealed for the old key" });
  return { sealed, aliceToken };
}

it("puts everything under the active key, and the old one can be dropped", async () => {
  let process = await start(oldKey);
  const { sealed, aliceToken } = await fill(process.admin);
  const rows = { secrets: 2, versions: 5, users: 2, tokens: 2, auditKeys: 1, sealingKeys: 1 };
  expect(await keysOf(process.admin)).toEqual([
    { kid: oldKid, state: "KEY_STATE_ACTIVE", sealing: "SEALING_KEY_STATE_KEPT", ...rows },
  ]);
  await process.close();

  process = await start(newKey, oldKey);
  const needed = await keysOf(process.admin);
  const { sealingKeys: _wrappedAnewAtStart, ...left } = rows;
  expect(needed[1]).toMatchObject({ kid: oldKid, state: "KEY_STATE_NEEDED", ...left });
  const end = await rotate(process.admin);
  expect(end).toMatchObject({ kid: newKid, done: 11, total: 11, damaged: 0, finished: true });
  expect({ unused: end.unusedKids, needed: end.neededKids }).toEqual({ unused: [oldKid], needed: [] });
  expect(await keysOf(process.admin)).toEqual([
    { kid: newKid, state: "KEY_STATE_ACTIVE", sealing: "SEALING_KEY_STATE_KEPT", ...rows, sealingKeys: 2 },
    { kid: oldKid, state: "KEY_STATE_UNUSED", sealing: "SEALING_KEY_STATE_KEPT" },
  ]);
  expect(await rotate(process.admin)).toMatchObject({ done: 0, total: 0, finished: true });
  await process.close();

  process = await start(newKey);
  expect(await readOne(process.as(aliceToken), "app/KEY")).toMatchObject({ value: "three", version: 3 });
  // Sealed for a key that is no longer configured.
  expect((await process.admin.secrets.decryptValue({ value: sealed })).value).toBe("sealed for the old key");
  expect(await saveOne(process.admin, { key: "app/GONE", value: "back", ifVersion: 0 })).toMatchObject({ version: 3 });
  expect((await keysOf(process.admin))[1]).toMatchObject({ kid: oldKid, state: "KEY_STATE_DROPPED" });
});

it("threat 106: a key that something depends on cannot be dropped", async () => {
  let process = await start(oldKey);
  await fill(process.admin);
  await process.close();
  await expect(start(newKey)).rejects.toThrow(`needs the encryption key with the fingerprint ${oldKid}`);
  process = await start(newKey, oldKey);
  await saveOne(process.admin, { key: "app/NEW", value: "v" });
  await process.close();
  await expect(start(newKey)).rejects.toThrow(`needs the encryption key with the fingerprint ${oldKid}`);
  await expect(start(oldKey)).rejects.toThrow(`needs the encryption key with the fingerprint ${newKid}`);
});

it("threat 106: a rotation that was ended anywhere goes on there", async () => {
  let process = await start(oldKey);
  await fill(process.admin);
  const secrets = Array.from({ length: 250 }, (_, at) => ({ key: `many/${at}`, value: `value ${at}` }));
  await process.admin.secrets.saveSecrets({ secrets });
  await process.close();
  const lefts: number[] = [];
  do {
    const core = await restarts.open([newKey, oldKey]);
    core.rotation.start({ rowsPerSecond: 0, forgetAnswers: false });
    for await (const { done, finished } of core.rotation.follow(new AbortController().signal)) {
      if (finished || done > 0) break;
    }
    await core.rotation.stop();
    const uses = await core.context.store.countByKey(restarts.clock.now());
    lefts.push(uses.filter(({ kid }) => kid === oldKid).reduce((sum, { rows }) => sum + rows, 0));
    await core.close();
  } while (lefts.at(-1) !== 0);
  expect(lefts.length).toBeGreaterThan(2);
  expect(lefts).toEqual(lefts.toSorted((a, b) => b - a));
  process = await start(newKey, oldKey);
  expect((await rotate(process.admin)).unusedKids).toEqual([oldKid]);
  await process.close();
  process = await start(newKey);
  const { secrets: all } = await process.admin.secrets.listSecrets({ keys: secrets.map(({ key }) => key) });
  expect(all.map(({ value, version }) => `${value} ${version}`).sort()).toEqual(
    secrets.map(({ value }) => `${value} 1`).sort(),
  );
});

it("threat 106: goes on alongside readers and writers, who notice nothing of it", async () => {
  let process = await start(oldKey);
  const keys = Array.from({ length: 40 }, (_, at) => `load/${at}`);
  await process.admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "0" })) });
  await process.close();
  process = await start(newKey, oldKey);
  const { admin } = process;
  const saved = new Map(keys.map((key) => [key, 0]));
  let isOver = false;
  const worker = async (own: readonly string[]) => {
    for (let round = 1; !isOver; round += 1) {
      const key = own[round % own.length] as string;
      expect((await readOne(admin, key))?.value).toBe(String(saved.get(key)));
      await saveOne(admin, { key, value: String(round) });
      saved.set(key, round);
    }
  };
  const load = Promise.all([0, 1, 2, 3].map((at) => worker(keys.filter((_, index) => index % 4 === at))));
  const end = await rotate(admin, { rowsPerSecond: 200 });
  isOver = true;
  await load;
  expect(end).toMatchObject({ damaged: 0, unusedKids: [oldKid], neededKids: [] });
  await process.close();
  process = await start(newKey);
  for (const [key, value] of saved) expect((await readOne(process.admin, key))?.value).toBe(String(value));
});

it("idempotency records need a key for a day, unless they are forgotten", async () => {
  let process = await start(oldKey);
  const request = { secrets: [{ key: "app/KEY", value: "v" }], idempotencyKey: "once" };
  await process.admin.secrets.saveSecrets(request);
  await process.close();
  process = await start(newKey, oldKey);
  expect(await rotate(process.admin)).toMatchObject({ unusedKids: [], neededKids: [oldKid] });
  expect((await keysOf(process.admin))[1]).toMatchObject({ state: "KEY_STATE_NEEDED", answers: 1 });
  await process.admin.secrets.saveSecrets(request);
  expect((await readOne(process.admin, "app/KEY"))?.version).toBe(1);
  expect(await rotate(process.admin, { forgetAnswers: true })).toMatchObject({ unusedKids: [oldKid], neededKids: [] });
  await process.admin.secrets.saveSecrets({ secrets: [{ key: "app/B", value: "v" }], idempotencyKey: "twice" });
  await process.close();
  process = await start(thirdKey, newKey);
  expect((await rotate(process.admin)).neededKids).toEqual([newKid]);
  restarts.clock.advance(24 * 3600 * 1000);
  expect((await rotate(process.admin)).unusedKids).toEqual([newKid]);
});

it("a sealing key is destroyed for good, also in a service that still has the encryption key", async () => {
  let process = await start(oldKey);
  const { sealed } = await fill(process.admin);
  await expectFailure(process.admin.keys.destroySealingKey({ kid: oldKid }), {
    code: "FailedPrecondition",
    reason: "IN_USE",
    field: "kid",
  });
  await process.close();
  process = await start(newKey, oldKey);
  await expectFailure(process.admin.keys.destroySealingKey({ kid: "nonsense" }), {
    code: "InvalidArgument",
    reason: "INVALID_FIELD",
    field: "kid",
  });
  await expectFailure(process.admin.keys.destroySealingKey({ kid: "0123456789abcdef" }), {
    code: "NotFound",
    reason: "NOT_FOUND",
    field: "kid",
  });
  expect((await process.admin.secrets.decryptValue({ value: sealed })).value).toBe("sealed for the old key");
  await process.admin.keys.destroySealingKey({ kid: oldKid });
  const opened = { code: "InvalidArgument", reason: "NOT_A_SEALED_VALUE" } as const;
  await expectFailure(process.admin.secrets.decryptValue({ value: sealed }), opened);
  await process.close();
  process = await start(newKey, oldKey);
  await expectFailure(process.admin.secrets.decryptValue({ value: sealed }), opened);
  const former = (await process.admin.keys.listKeys({})).keys.find(({ kid }) => kid === oldKid);
  expect(former?.sealing).toBe(SealingKeyState.DESTROYED);
});

it("only operators manage keys, and it is recorded", async () => {
  const process = await start(oldKey);
  await process.admin.identity.saveUsers({ users: [{ slug: "boss", admin: true }] });
  const { secret } = await process.admin.identity.createToken({ slug: "boss" });
  const boss = process.as(secret);
  const denied = { code: "PermissionDenied", reason: "OPERATOR_ONLY" } as const;
  await expectFailure(boss.keys.listKeys({}), denied);
  await expectFailure(rotate(boss), denied);
  await expectFailure(boss.keys.destroySealingKey({ kid: oldKid }), denied);
  await rotate(process.admin, { rowsPerSecond: 50 });
  await expectFailure(rotate(process.admin, { rowsPerSecond: 1_000_000 }), {
    code: "InvalidArgument",
    reason: "LIMIT_EXCEEDED",
    field: "rowsPerSecond",
  });
  const { events } = await process.admin.audit.listAuditEvents({ action: "key.rotate" });
  expect(events.map(({ principal, decision, rule, filter }) => [principal, decision, rule, filter])).toEqual([
    ["admin", 3, "limit-exceeded", ""],
    ["admin", 1, "operator", "rowsPerSecond=50"],
    ["boss", 2, "operator-only", ""],
  ]);
  const [active] = (await process.admin.keys.listKeys({})).keys;
  expect(active?.state).toBe(KeyState.ACTIVE);
});
