import { once } from "node:events";
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Progress } from "../support/backup/restore-progress.ts";
import {
  expectWhole,
  type LargeBackup,
  makeLargeBackup,
  openTarget,
  type RestoreTarget,
  shared,
  startRestore,
  versionCount,
} from "../support/backup/restore-target.ts";
import { startServer } from "../support/server-process.ts";

let backup: LargeBackup;

beforeAll(async () => {
  backup = await makeLargeBackup("bulk");
});
afterAll(() => rmSync(backup.folder, { recursive: true }));

/**
 * A moment of a restore: `now` is what is seen, `before` what was there when it began, `begun` whether it has come to
 * write.
 */
interface Moment {
  readonly name: string;
  isCome(now: Progress, before: Progress, begun: boolean): boolean;
}

const after = (name: string, isPast: (now: Progress) => boolean): Moment => ({
  name,
  isCome: (now, _, begun) => begun && isPast(now),
});
const moments: readonly Moment[] = [
  after("the mark", () => true),
  { name: "the store is taken from an earlier one", isCome: (now, before) => now.mark !== before.mark },
  after("a user", ({ users }) => users > 0),
  after("a token", ({ tokens }) => tokens > 0),
  after("a version", ({ versions }) => versions > 0),
  {
    name: "the rows of an earlier one are gone",
    isCome: (now, before, begun) => !begun && now.versions < before.versions,
  },
  after("half of the versions", ({ versions }) => versions > versionCount / 2),
  after("the last version", ({ versions }) => versions >= versionCount),
];

const pollMs = 1;

/** Answers how it ended: the signal, or null when it was faster. */
async function killAt(target: RestoreTarget, { isCome }: Moment): Promise<NodeJS.Signals | null> {
  const before = await target.observer.look();
  const child = startRestore(target, backup);
  const ended = once(child, "exit");
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  // What an earlier one left is deleted under a mark of its own.
  const marks = new Set<string>();
  const hasBegun = () => marks.size === (before.mark === "" ? 1 : 2);
  for (;;) {
    const now = await target.observer.look();
    if (now.mark !== "" && now.mark !== before.mark) marks.add(now.mark);
    if (isOver() || isCome(now, before, hasBegun())) break;
    await delay(pollMs);
  }
  child.kill("SIGKILL");
  const [, signal] = await ended;
  return signal;
}

async function expectNotServed({ env, dataDir }: RestoreTarget): Promise<void> {
  await expect(startServer({ dataDir, env })).rejects.toThrow("a restore into this store did not finish");
}

describe.each(["sqlite", "mongodb"] as const)("%s", (kind) => {
  test(`a restore that is killed at any of ${moments.length} moments is not served, and the next one does it all`, async () => {
    let target = await openTarget(kind);
    let kills = 0;
    for (const moment of moments) {
      if ((await killAt(target, moment)) === "SIGKILL") kills += 1;
      if ((await target.observer.look()).mark === "") {
        // It was faster: then it is all there.
        expect(shared(await target.content()), moment.name).toEqual(shared(backup.records));
        target = await openTarget(kind);
      } else {
        await expectNotServed(target);
      }
    }
    expect(kills).toBeGreaterThan(moments.length / 2);
    if ((await target.observer.look()).mark === "")
      await killAt(
        target,
        after("a version", ({ versions }) => versions > 0),
      );

    const last = startRestore(target, backup);
    expect((await once(last, "exit"))[0]).toBe(0);
    expect(shared(await target.content())).toEqual(shared(backup.records));
    await expectWhole(target, backup);
  });
});
