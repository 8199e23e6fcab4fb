import { describe, expect, test } from "vitest";
import { encodeDocument } from "../../src/store/sqlite/document.ts";
import { createKnownRows } from "../../src/store/sqlite/known-rows.ts";
import { type SecretRow, secretValues } from "../../src/store/sqlite/row.ts";
import { aLists, aSecret } from "../support/store/rows.ts";

const noEnvelope = new Uint8Array(0);
const stored = (key: string, fields: Partial<ReturnType<typeof aSecret>> = {}) =>
  aSecret(key, { envelope: noEnvelope, ...fields });
/** As the database returns it: another array each time. */
const rowOf = (secret: ReturnType<typeof aSecret>) => secretValues(secret) as unknown as SecretRow;

describe("a row that was read before", () => {
  test("is the same secret, which is frozen, as long as all of its columns are equal", () => {
    const known = createKnownRows();
    const first = known(rowOf(stored("a")));
    expect(first).toEqual(stored("a"));
    expect(Object.isFrozen(first)).toBe(true);
    expect(known(rowOf(stored("a")))).toBe(first);
    for (let column = 2; column < 14; column += 1) {
      const row = rowOf(stored("a"));
      const value = row[column];
      const other = typeof value === "number" ? value + 1 : column === 6 ? encodeDocument(aLists(), [["x", "y"]]) : "x";
      expect(areSame(row, row.with(column, other))).toBe(false);
      expect(areSame(row, [...row])).toBe(true);
    }
  });

  test("is that of its own tenant and key", () => {
    const known = createKnownRows();
    const [a, other, b] = [stored("a"), stored("a", { tenant: "other" }), stored("b")].map((each) =>
      known(rowOf(each)),
    );
    expect([a?.tenant, other?.tenant, b?.key]).toEqual(["default", "other", "b"]);
    expect(known(rowOf(stored("a")))).toBe(a);
  });

  test("is read anew when it has its envelope", () => {
    const secret = aSecret("a", { envelope: new Uint8Array(1) });
    expect(areSame(rowOf(secret), rowOf(secret))).toBe(false);
  });

  test("is read anew when lists and metadata have more than 4 KiB", () => {
    const sized = (chars: number) => {
      const rest = chars - encodeDocument(aLists(), [["n", ""]]).length;
      return rowOf(stored("a", { metadata: [["n", "x".repeat(rest)]] }));
    };
    expect(String(sized(4096)[6])).toHaveLength(4096);
    expect(areSame(sized(4096), sized(4096))).toBe(true);
    expect(areSame(sized(4097), sized(4097))).toBe(false);
  });

  test("is forgotten, the oldest first, when there are too many", () => {
    const known = createKnownRows(2);
    const read = (key: string, version = 1) => known(rowOf(stored(key, { version })));
    const [a, b] = [read("a"), read("b")];
    // Another version takes the place of the one before, and no one else's.
    const next = read("b", 2);
    expect([read("a"), read("b", 2)]).toEqual([a, next]);
    expect([read("a") === a, read("b", 2) === next, next === b]).toEqual([true, true, false]);
    read("c");
    expect(read("b", 2)).toBe(next);
    expect(read("a")).not.toBe(a);
  });
});

/** Whether the second row is the same secret as the first. */
function areSame(first: SecretRow, second: SecretRow): boolean {
  const known = createKnownRows();
  return known(first) === known(second);
}
