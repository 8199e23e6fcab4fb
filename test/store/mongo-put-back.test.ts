import { expect, test } from "vitest";
import { createLastChanges } from "../../src/rules/last-changes.ts";
import { openProcesses } from "../support/mongo/processes.ts";
import { aCommit, aRecord, aSecret, nextVersion, startMs } from "../support/store/rows.ts";

test.each([
  ["in the same millisecond", 0],
  ["by a clock that is behind", -900],
])("fault B5: an old row is noticed after a change by another process %s", async (_when, laterMs) => {
  const { stores } = await openProcesses(2);
  // Whichever chain of records sorts first, one of these is the order that hides the newer version.
  for (const [key, writers] of [
    ["alice/A", stores],
    ["alice/B", stores.toReversed()],
  ] as const) {
    const [one, two] = writers;
    if (one === undefined || two === undefined) throw new Error("two processes were opened");
    const old = aSecret(key);
    const current = nextVersion(old);
    const recordOf = (version: number, timeMs: number) => ({ audit: [aRecord({ key, version, timeMs })] });
    await one.commitSecrets(aCommit([old], recordOf(1, startMs)));
    await two.commitSecrets(aCommit([current], recordOf(2, startMs + laterMs)));
    const compare = async (secret: typeof old) => {
      const lastChanges = createLastChanges({ store: { ...two, findSecrets: async () => [secret] }, isShared: true });
      return lastChanges.compare([secret], "read");
    };
    expect(await compare(old)).toEqual(new Set([old]));
    expect(await compare(current)).toEqual(new Set());
  }
});
