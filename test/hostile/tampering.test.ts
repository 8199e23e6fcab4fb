import type { SQLOutputValue } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DocumentEdit, documentEdits } from "../support/hostile/document-edits.ts";
import { type Hostile, startHostile } from "../support/hostile/fixture.ts";
import { expectRefusal, type Operation, type Outcome, operations, type Target } from "../support/hostile/operations.ts";

let hostile: Hostile;

beforeAll(async () => {
  hostile = await startHostile();
});

afterAll(() => hostile.stop());

/** Columns that are not part of the document's JSON; those that a row is found by have a file of their own. */
const columnEdits: readonly DocumentEdit[] = [
  { name: "format 2", column: "format", edit: () => 2 },
  { name: "format 0", column: "format", edit: () => 0 },
  { name: "a later version", column: "version", edit: (value) => Number(value) + 1 },
  { name: "an earlier version", column: "version", edit: (value) => Number(value) - 1 },
  { name: "a negative version", column: "version", edit: () => -1 },
  { name: "another owner", column: "owner", edit: () => "mallory" },
  { name: "no owner", column: "owner", edit: () => "" },
  ...["created_at_ms", "updated_at_ms", "value_changed_at_ms"].flatMap((column): DocumentEdit[] => [
    { name: `1 ms more in ${column}`, column, edit: (value) => Number(value) + 1 },
    { name: `0 in ${column}`, column, edit: () => 0 },
    { name: `a negative ${column}`, column, edit: (value) => -Number(value) },
    { name: `the largest ${column}`, column, edit: () => Number.MAX_SAFE_INTEGER },
  ]),
  { name: "another creator", column: "created_by", edit: () => "mallory" },
  { name: "another last writer", column: "updated_by", edit: () => "mallory" },
  { name: "the kid of another key", column: "kid", edit: () => "0011223344556677" },
  { name: "no kid", column: "kid", edit: () => "" },
  { name: "the kid in upper case", column: "kid", edit: (value) => `${value}`.toUpperCase().padEnd(17, "A") },
  { name: "removed turned over", column: "removed", edit: (value) => (value === 0 ? 1 : 0) },
  { name: "removed 2", column: "removed", edit: (value) => (value === 0 ? 2 : value) },
];

const edits = [...columnEdits, ...documentEdits];

/** What an untampered removed secret does not do is not asked of a tampered one: it is in no page. */
function expectedOutcome(operation: Operation, target: Target, column: string, caller: string): Outcome | undefined {
  if (operation.names !== "page") return "integrity";
  const isRemoved = target === hostile.removed;
  // Pages go by the index of what is live: for admins by this very column, for others by `visible`.
  const inPage = caller === "an admin" && column === "removed" ? isRemoved : !isRemoved;
  return inPage ? "integrity" : undefined;
}

async function write(key: string, column: string, value: SQLOutputValue): Promise<void> {
  expect(await hostile.intruder.run(`UPDATE secret SET ${column} = ? WHERE key = ?`, value, key)).toBe(1);
}

describe.each(["live", "removed"] as const)("a row of a %s secret", (which) => {
  it.each(edits)("threats 104, 15: with $name it is refused by every read, save and removal", async (change) => {
    const target = hostile[which];
    const { [change.column]: original } = hostile.rowOf(target.key);
    if (original === undefined) throw new Error(`no column ${change.column}`);
    const edited = change.edit(original);
    if (edited === original) return;
    await write(target.key, change.column, edited);
    try {
      for (const { name, api } of hostile.callers) {
        for (const operation of operations) {
          if (operation.isWrite && name === "an admin") continue;
          const expected = expectedOutcome(operation, target, change.column, name);
          if (expected !== undefined) await expectRefusal(operation, expected, api, target, hostile.intruder);
        }
      }
    } finally {
      await write(target.key, change.column, original);
    }
    await expectIntact(target);
  });
});

/** With the row as it was, the secret is as it was. */
async function expectIntact(target: Target): Promise<void> {
  const { secrets, missingKeys, errors } = await hostile.alice.secrets.listSecrets({ keys: [target.key] });
  expect(errors).toEqual([]);
  if (target === hostile.live) expect(secrets).toMatchObject([{ key: target.key, value: target.value }]);
  else expect(missingKeys).toEqual([target.key]);
}
