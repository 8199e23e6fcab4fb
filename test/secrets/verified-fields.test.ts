import { describe, expect, test } from "vitest";
import { createVerifiedFields } from "../../src/secrets/verified-fields.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { aLists, aSecret } from "../support/store/rows.ts";

const lists = aLists(Object.fromEntries(accessListNames.map((name) => [name, ["a", "b"]])));
const secret = aSecret("prod/A", {
  lists,
  metadata: [
    ["note", "x"],
    ["expires", "2027-12-31"],
  ],
});
const remembered = (of: StoredSecret = secret) => {
  const fields = createVerifiedFields();
  fields.add(of);
  return fields;
};

describe("threat 15: fields that were verified", () => {
  test("are known again whatever the envelope and its key are, which only hold the value", () => {
    const fields = remembered();
    expect(fields.has({ ...secret, kid: "f".repeat(16), envelope: new Uint8Array(0) })).toBe(true);
    expect(fields.has(aSecret("prod/B", { lists }))).toBe(false);
    expect(createVerifiedFields().has(secret)).toBe(false);
  });

  test("are not known when any of them is another one", () => {
    const changed: Partial<StoredSecret>[] = [
      ...[{ format: 2 }, { version: 2 }, { id: "secr_x" }, { key: "prod/B" }, { tenant: "other" }, { owner: "bob" }],
      ...[{ createdAtMs: 1 }, { createdBy: "bob" }, { updatedAtMs: 1 }, { updatedBy: "bob" }, { valueChangedAtMs: 1 }],
      ...[{ removed: true }, { metadata: [] }, { metadata: [["note", "x"]] }],
      {
        metadata: [
          ["note", "y"],
          ["expires", "2027-12-31"],
        ],
      },
      {
        metadata: [
          ["noted", "x"],
          ["expires", "2027-12-31"],
        ],
      },
      {
        metadata: [
          ["note", "x"],
          ["expires", "2027-12-31"],
          ["more", ""],
        ],
      },
      ...accessListNames.flatMap((name) =>
        [["a"], ["a", "c"], ["b", "a"], ["a", "b", "c"]].map((entries) => ({ lists: { ...lists, [name]: entries } })),
      ),
    ];
    for (const fields of changed) expect(remembered().has({ ...secret, ...fields })).toBe(false);
  });

  test("are known of a frozen secret without a comparison, and only then", () => {
    const fields = remembered();
    const frozen = Object.freeze({ ...secret });
    const thawed = { ...secret };
    expect([fields.has(frozen), fields.has(thawed)]).toEqual([true, true]);
    fields.add({ ...secret, version: 2 });
    expect([fields.has(frozen), fields.has(thawed)]).toEqual([true, false]);
  });

  test("are forgotten, the oldest first, when there are too many", () => {
    const fields = createVerifiedFields(2);
    const [a, b, c] = ["a", "b", "c"].map((key) => aSecret(key)) as [StoredSecret, StoredSecret, StoredSecret];
    for (const each of [a, b, a]) fields.add(each);
    expect([fields.has(a), fields.has(b)]).toEqual([true, true]);
    fields.add(c);
    expect([a, b, c].map((each) => fields.has(each))).toEqual([false, true, true]);
  });

  test("are not remembered when there are more than 200 entries", () => {
    const entries = (count: number) => Array.from({ length: count }, (_, at) => `user-${at}`);
    const full = aSecret("a", {
      lists: aLists({ readers: entries(100), writers: entries(98) }),
      metadata: [
        ["a", ""],
        ["b", ""],
      ],
    });
    const more = { ...full, lists: { ...full.lists, deleters: ["x"] } };
    expect([remembered(full).has(full), remembered(more).has(more)]).toEqual([true, false]);
  });
});
