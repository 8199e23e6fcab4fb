import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { text } from "node:stream/consumers";
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
let other: LargeBackup;

beforeAll(async () => {
  [backup, other] = await Promise.all([makeLargeBackup("bulk"), makeLargeBackup("other")]);
});
afterAll(() => {
  for (const { folder } of [backup, other]) rmSync(folder, { recursive: true });
});

interface Run {
  readonly backup: LargeBackup;
  readonly code: number | null;
  readonly stderr: string;
}

function follow(child: ChildProcess, of: LargeBackup): Promise<Run> {
  const printed = child.stderr === null ? "" : text(child.stderr);
  return once(child, "close").then(async ([code]) => ({ backup: of, code, stderr: await printed }));
}

const pollMs = 1;

async function waitFor({ observer }: RestoreTarget, child: ChildProcess, isCome: (now: Progress) => boolean) {
  while (child.exitCode === null && !isCome(await observer.look())) await delay(pollMs);
}

const refusals =
  /^secret-svc: error: (another 'secret-svc restore' .*; wait for (it to finish|the other one), and run .* only if .* fails|a restore into this store did not finish; wait for it .*|the store is not empty; .*)$/m;

/** What must hold of two restores that have ended: a success is a success, and the other one says why it ended. */
async function expectOneBackup(target: RestoreTarget, runs: readonly Run[]): Promise<void> {
  const done = runs.filter(({ code }) => code === 0);
  expect(done.length, runs.map(({ stderr }) => stderr).join("\n")).toBeLessThanOrEqual(1);
  for (const { code, stderr } of runs) if (code !== 0) expect(stderr).toMatch(refusals);
  let [whole] = done.map((run) => run.backup);
  if (whole === undefined) {
    whole = backup;
    const again = await follow(startRestore(target, backup), backup);
    expect(again).toMatchObject({ code: 0 });
  }
  expect(shared(await target.content())).toEqual(shared(whole.records));
  await expectWhole(target, whole);
}

const offsets: readonly { readonly name: string; isCome(now: Progress): boolean }[] = [
  { name: "at once", isCome: () => true },
  { name: "after the mark", isCome: ({ mark }) => mark !== "" },
  { name: "after a user", isCome: ({ users }) => users > 0 },
  { name: "after a version", isCome: ({ versions }) => versions > 0 },
  { name: "after half of the versions", isCome: ({ versions }) => versions > versionCount / 2 },
  { name: "after the last version", isCome: ({ versions }) => versions >= versionCount },
];

describe("two restores into one database of MongoDB", () => {
  test.each(offsets)("the second of two backups, $name: the database is one of them, whole", async ({ isCome }) => {
    const target = await openTarget("mongodb");
    const first = startRestore(target, other);
    const firstEnds = follow(first, other);
    await waitFor(target, first, isCome);
    const runs = await Promise.all([firstEnds, follow(startRestore(target, backup), backup)]);
    await expectOneBackup(target, runs);
  });

  test("both find what a killed one left", async () => {
    const target = await openTarget("mongodb");
    const killed = startRestore(target, other);
    const killedEnds = follow(killed, other);
    await waitFor(target, killed, ({ versions }) => versions > 0);
    killed.kill("SIGKILL");
    await killedEnds;
    const runs = await Promise.all([backup, other].map((each) => follow(startRestore(target, each), each)));
    await expectOneBackup(target, runs);
  });

  test("one that was stopped while another did it all writes nothing when it goes on", async () => {
    const target = await openTarget("mongodb");
    const first = startRestore(target, other);
    const firstEnds = follow(first, other);
    await waitFor(target, first, ({ versions }) => versions > 0);
    first.kill("SIGSTOP");
    const second = await follow(startRestore(target, backup), backup);
    first.kill("SIGCONT");
    await expectOneBackup(target, [await firstEnds, second]);
    expect(second).toMatchObject({ code: 0 });
  });
});

test("a service that starts on a database while it is being restored refuses, and the restore goes on", async () => {
  const target = await openTarget("mongodb");
  const restore = startRestore(target, backup);
  const ends = follow(restore, backup);
  await waitFor(target, restore, ({ mark }) => mark !== "");
  restore.kill("SIGSTOP");
  await expect(startServer(target)).rejects.toThrow("a restore into this store did not finish");
  restore.kill("SIGCONT");
  await expectOneBackup(target, [await ends]);
});

test("a service and a restore that start at once on an empty database: never both", async () => {
  const target = await openTarget("mongodb");
  const starting = startServer(target).catch((error: Error) => error);
  const run = await follow(startRestore(target, backup), backup);
  const started = await starting;
  if (started instanceof Error) {
    expect(started.message).toContain("a restore into this store did not finish");
    await expectOneBackup(target, run.code === 0 ? [run] : []);
    return;
  }
  try {
    if (run.code === 0) expect(shared(await target.content())).toEqual(shared(backup.records));
    else expect(run.stderr).toMatch(/the store is not empty|a service is being started/);
  } finally {
    await started.stop();
  }
});

test("a second restore into one directory is refused", async () => {
  const target = await openTarget("sqlite");
  const first = startRestore(target, other);
  const firstEnds = follow(first, other);
  await waitFor(target, first, ({ mark }) => mark !== "");
  first.kill("SIGSTOP");
  const second = await follow(startRestore(target, backup), backup);
  first.kill("SIGCONT");
  expect(second).toMatchObject({ code: 1 });
  expect(second.stderr).toMatch(/is in use by process \d+/);
  expect(await firstEnds).toMatchObject({ code: 0 });
  expect(shared(await target.content())).toEqual(shared(other.records));
});
