import { afterEach, beforeEach, expect, it } from "vitest";
import { expectFailure } from "../support/api/failure.ts";
import type { Api } from "../support/api/fixture.ts";
import { type Keys, keyTexts, kids, type Process, type Restarts, startRestarts } from "../support/api/restarts.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";

// Several processes on one database, as docs/rotation.md has them.
const [oldKey, newKey] = keyTexts;
const [oldKid, newKid] = kids;

let restarts: Restarts;

beforeEach(async () => {
  restarts = await startRestarts();
});
afterEach(() => restarts.dispose());

const start = (...keys: Keys): Promise<Process> => restarts.start(...keys);

async function restart(process: Process, ...keys: Keys): Promise<Process> {
  await process.close();
  return start(...keys);
}

async function rotate({ keys }: Api, rowsPerSecond = 0) {
  let last: { unusedKids: string[]; damaged: number } | undefined;
  for await (const progress of keys.rotateKeys({ rowsPerSecond })) last = progress;
  return last;
}

it("threat 106: a key is written with only when all processes have it, and dropped when none writes with it", async () => {
  let one = await start(oldKey);
  let two = await start(oldKey);
  await expect(start(newKey, oldKey)).rejects.toThrow(
    `another process of the service on this store does not have the encryption key ${newKid}`,
  );
  one = await restart(one, oldKey, newKey);
  await expect(start(newKey, oldKey)).rejects.toThrow("does not have the encryption key");
  two = await restart(two, oldKey, newKey);
  two = await restart(two, newKey, oldKey);
  await saveOne(two.admin, { key: "app/KEY", value: "of two" });
  expect((await readOne(one.admin, "app/KEY"))?.value).toBe("of two");
  await expectFailure(rotate(two.admin), { code: "FailedPrecondition", reason: "IN_USE" });
  await expect(start(newKey)).rejects.toThrow(/needs the encryption key|writes with the encryption key/);
  one = await restart(one, newKey, oldKey);
  expect((await rotate(two.admin))?.unusedKids).toEqual([oldKid]);
  one = await restart(one, newKey);
  expect((await readOne(one.admin, "app/KEY"))?.value).toBe("of two");
  const { processes } = await one.admin.keys.listKeys({});
  expect(processes.map((process) => process.kids).sort()).toEqual([[newKid], [newKid, oldKid]].sort());
  await restart(two, newKey);
});

it("threat 106: two processes rotate at once, both under load, without an error", async () => {
  const first = await start(oldKey);
  const keys = Array.from({ length: 60 }, (_, at) => `load/${at}`);
  await first.admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "0" })) });
  await first.close();
  const processes = [await start(newKey, oldKey), await start(newKey, oldKey)] as const;
  const saved = new Map<string, number>();
  let isOver = false;
  const worker = async (own: readonly string[]) => {
    for (let round = 1; !isOver; round += 1) {
      const key = own[round % own.length] as string;
      const [writer, reader] = round % 2 === 0 ? processes : processes.toReversed();
      await saveOne((writer as Process).admin, { key, value: String(round) });
      saved.set(key, round);
      expect((await readOne((reader as Process).admin, key))?.value).toBe(String(round));
    }
  };
  const load = Promise.all([0, 1, 2, 3].map((at) => worker(keys.filter((_, index) => index % 4 === at))));
  const ends = await Promise.all(processes.map(({ admin }) => rotate(admin, 100)));
  isOver = true;
  await load;
  expect(ends.map((end) => end?.damaged)).toEqual([0, 0]);
  for (const process of restarts.running()) await process.close();
  const last = await start(newKey);
  for (const [key, value] of saved) expect((await readOne(last.admin, key))?.value).toBe(String(value));
  expect((await last.admin.secrets.listSecrets({ keys })).errors).toEqual([]);
});
