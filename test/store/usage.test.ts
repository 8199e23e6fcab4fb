import { describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import {
  findOverQuota,
  type Held,
  heldAfter,
  heldWithout,
  heldWithoutVersions,
  UsageTally,
  versionBytes,
} from "../../src/store/usage.ts";
import { aLists, aSecret } from "../support/store/rows.ts";

const held = (sizes: readonly number[], fields: Partial<Held> = {}): Held => ({
  ...{ owner: "alice", removed: false, sizes },
  ...fields,
});
/** Its bytes are `size`. */
const secretOf = (version: number, size: number) => aSecret("key", { version, envelope: new Uint8Array(size - 3) });

test("fault A3: the bytes of a version are those of its key, lists, metadata and envelope", () => {
  const envelope = new Uint8Array(100);
  expect(versionBytes(aSecret("a/Ä", { envelope }))).toBe(104);
  expect(versionBytes(aSecret("a", { envelope, lists: aLists({ readers: ["bob", "é"], writers: ["x"] }) }))).toBe(107);
  expect(
    versionBytes(
      aSecret("a", {
        envelope,
        metadata: [
          ["note", "größe"],
          ["n", ""],
        ],
      }),
    ),
  ).toBe(101 + 4 + 7 + 1);
});

describe("what a secret counts", () => {
  test("after a change has one size more, or another one in the place of its own version", () => {
    expect(heldAfter(secretOf(1, 50), 0, undefined)).toEqual(held([50]));
    expect(heldAfter(secretOf(3, 50), 2, held([10, 20]))).toEqual(held([10, 20, 50]));
    expect(heldAfter(secretOf(2, 50), 2, held([10, 20]))).toEqual(held([10, 50]));
    expect(heldAfter({ ...secretOf(3, 50), owner: "bob", removed: true }, 2, held([10, 20]))).toEqual(
      held([10, 20, 50], { owner: "bob", removed: true }),
    );
  });

  test("has zeros for versions that were skipped, and none without a former one", () => {
    expect(heldAfter(secretOf(5, 50), 2, held([10, 20]))).toEqual(held([10, 20, 0, 0, 50]));
    expect(heldAfter(secretOf(4, 50), 2, held([10, 20]))).toEqual(held([10, 20, 0, 50]));
    expect(heldAfter(secretOf(7, 50), 0, undefined)).toEqual(held([50]));
    expect(heldAfter(secretOf(2 ** 40, 50), 2, held([10])).sizes).toEqual([
      ...Array(limits.historyVersions - 1).fill(0),
      50,
    ]);
  });

  test("has no more sizes than versions that are retained", () => {
    const full = Array.from({ length: limits.historyVersions }, (_, at) => at + 1);
    expect(heldAfter(secretOf(11, 50), 10, held(full)).sizes).toEqual([...full.slice(1), 50]);
  });

  test("after a purge of old versions has the newer ones, always with the current one", () => {
    expect(heldWithout(held([1, 2, 3, 4]), 4, 3)).toEqual(held([3, 4]));
    expect(heldWithout(held([1, 2, 3, 4]), 4, 4)).toEqual(held([4]));
    expect(heldWithout(held([1, 2, 3, 4]), 4, 9)).toEqual(held([4]));
    expect(heldWithout(held([1, 2, 3, 4]), 4, 1)).toEqual(held([1, 2, 3, 4]));
  });

  test("after a purge of single versions has zeros for them", () => {
    expect(heldWithoutVersions(held([1, 2, 3]), 7, [5])).toEqual(held([0, 2, 3]));
    expect(heldWithoutVersions(held([1, 2, 3]), 7, [6])).toEqual(held([1, 0, 3]));
    expect(heldWithoutVersions(held([1, 2, 3]), 7, [4, 8])).toEqual(held([1, 2, 3]));
  });
});

describe("a tally", () => {
  test("sums by owner and for the tenant, and leaves out what stays", () => {
    const tally = new UsageTally();
    tally.replace(undefined, held([5, 6]));
    tally.replace(held([1]), held([1, 2]));
    tally.replace(held([7], { owner: "bob" }), undefined);
    tally.replace(held([3], { owner: "carol" }), held([3], { owner: "carol" }));
    expect(tally.changes()).toEqual([
      { slug: "alice", secrets: 1, bytes: 13 },
      { slug: "bob", secrets: -1, bytes: -7 },
      { slug: "", secrets: 0, bytes: 6 },
    ]);
    expect(new UsageTally().changes()).toEqual([]);
  });

  test("of a removal has fewer secrets and more bytes", () => {
    const tally = new UsageTally();
    tally.replace(held([5]), held([5, 2], { removed: true }));
    expect(tally.changes()).toEqual([
      { slug: "alice", secrets: -1, bytes: 2 },
      { slug: "", secrets: -1, bytes: 2 },
    ]);
  });

  test("of a secret without an owner counts for the tenant only", () => {
    const tally = new UsageTally();
    tally.replace(undefined, held([5], { owner: "" }));
    expect(tally.changes()).toEqual([{ slug: "", secrets: 1, bytes: 5 }]);
  });
});

describe("fault A3: a quota", () => {
  const limitsOf = { user: { secrets: 10, bytes: 100 }, tenant: { secrets: 20, bytes: 200 } };
  const over = (slug: string, secrets: number, bytes: number, after: { secrets: number; bytes: number }) =>
    findOverQuota({ slug, secrets, bytes }, after, limitsOf);

  test("is reached, and not exceeded", () => {
    expect(over("alice", 1, 1, { secrets: 10, bytes: 100 })).toBeUndefined();
    expect(over("alice", 1, 1, { secrets: 11, bytes: 100 })).toEqual({
      ...{ slug: "alice", resource: "secrets", limit: 10, actual: 11 },
    });
    expect(over("alice", 1, 1, { secrets: 10, bytes: 101 })).toEqual({
      ...{ slug: "alice", resource: "bytes", limit: 100, actual: 101 },
    });
    expect(over("", 1, 1, { secrets: 20, bytes: 200 })).toBeUndefined();
    expect(over("", 1, 1, { secrets: 21, bytes: 1 })).toMatchObject({ slug: "", limit: 20 });
  });

  test("never refuses what does not grow, even where it is exceeded", () => {
    expect(over("alice", 0, 0, { secrets: 99, bytes: 999 })).toBeUndefined();
    expect(over("alice", -1, -1, { secrets: 99, bytes: 999 })).toBeUndefined();
    expect(over("alice", -1, 1, { secrets: 99, bytes: 999 })).toMatchObject({ resource: "bytes" });
  });
});
