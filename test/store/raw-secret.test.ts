import { Binary, BSON, type Document } from "mongodb";
import { describe, expect, test } from "vitest";
import { fromSecret, toSecret } from "../../src/store/mongo/rows/documents.ts";
import { createRawSecrets } from "../../src/store/mongo/rows/raw-secret.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";

const secret: StoredSecret = {
  format: 1,
  tenant: "acme",
  id: "sec_1",
  key: "prod/Ünïcode/😀",
  version: 3,
  owner: "ann",
  lists: {
    readers: ["ann", "team"],
    writers: ["ann"],
    deleters: [],
    canChangeReaders: ["ann"],
    canChangeWriters: ["ann"],
    canChangeDeleters: ["ann"],
  },
  metadata: [
    ["a", ""],
    ["expires", "2026-12-01"],
  ],
  createdAtMs: 1_796_000_000_000,
  createdBy: "ann",
  updatedAtMs: 1_796_000_000_001,
  updatedBy: "bob",
  valueChangedAtMs: 1_796_000_000_001,
  removed: false,
  kid: "0123456789abcdef",
  envelope: new Uint8Array([1, 2, 3, 0, 255]),
};

/** What the driver makes of the same bytes. */
function throughDriver(bytes: Uint8Array): StoredSecret {
  return toSecret(BSON.deserialize(bytes, { promoteBuffers: false, validation: { utf8: false } }));
}

function raw(bytes: Uint8Array): StoredSecret {
  return createRawSecrets(Buffer.from(bytes)).secretAt(0);
}

const written: Document = { _id: "x", ...fromSecret(secret, "op") };

describe("documents of MongoDB read from their bytes", () => {
  test("as they are written, in any order of the fields, and without what a page does not ask for", () => {
    expect(raw(BSON.serialize(written))).toEqual(secret);
    expect(raw(BSON.serialize(Object.fromEntries(Object.entries(written).reverse())))).toEqual(secret);
    const { _id, visibleTo, operation, envelope, ...fields } = written;
    expect(raw(BSON.serialize({ ...fields, envelope }))).toEqual(secret);
    expect(raw(BSON.serialize(fields))).toEqual({ ...secret, envelope: new Uint8Array(0) });
  });

  test("secrets of one reply share lists that are alike, and no others", () => {
    const first = BSON.serialize(written);
    const second = BSON.serialize({ ...written, id: "sec_2", writers: ["bob"] });
    const { secretAt } = createRawSecrets(Buffer.concat([first, second]));
    const [one, other] = [secretAt(0), secretAt(first.length)];
    expect(other.lists.readers).toBe(one.lists.readers);
    expect(other).toEqual({ ...secret, id: "sec_2", lists: { ...secret.lists, writers: ["bob"] } });
  });

  test("identities, shared as lists are, and whatever is in their place", () => {
    const documents = [["ann", "team"], ["ann", "team"], [], "ann", ["ann", 1], null, { a: 1 }].map((visibleTo) =>
      BSON.serialize({ ...written, visibleTo }),
    );
    const starts = documents.map((_, at) => documents.slice(0, at).reduce((sum, { length }) => sum + length, 0));
    const { identitiesAt } = createRawSecrets(Buffer.concat(documents));
    const found = starts.map(identitiesAt);
    expect(found).toEqual([["ann", "team"], ["ann", "team"], [], ["ann"], ["ann", 1], [null], [{ a: 1 }]]);
    expect(found[1]).toBe(found[0]);
  });

  test("names", () => {
    const bytes = Buffer.from(BSON.serialize({ key: "a/b", id: "sec_1" }));
    expect(createRawSecrets(bytes).nameAt(0)).toEqual({ key: "a/b", id: "sec_1" });
    for (const document of [
      { id: "sec_1", key: "a/b" },
      { _id: 1, key: "a/b", id: "sec_1" },
      { key: "a/b", more: 1, id: "sec_1" },
      { key: "a/b", id: "sec_1", idx: "sec_2" },
    ]) {
      expect(createRawSecrets(Buffer.from(BSON.serialize(document))).nameAt(0)).toEqual({ key: "a/b", id: "sec_1" });
    }
    const unicode = { key: "Ünï/😀", id: "" };
    expect(createRawSecrets(Buffer.from(BSON.serialize(unicode))).nameAt(0)).toEqual(unicode);
    const edited = Buffer.from(BSON.serialize({ key: "a/b", id: 7 }));
    expect(createRawSecrets(edited).nameAt(0)).toEqual({ key: "a/b", id: "" });
  });

  const others: readonly [unknown, string][] = [
    [1, "a number"],
    [1.5, "a fraction"],
    [BSON.Long.fromString("9223372036854775807"), "a large number"],
    ["text", "a text"],
    ["", "an empty text"],
    [true, "a flag"],
    [null, "nothing"],
    [[], "an empty list"],
    [["ann", 1], "a list with a number"],
    [[{ k: "a" }], "pairs without a value"],
    [[{ k: "a", v: "b", w: 1 }], "pairs with a third field"],
    [{ readers: "x" }, "a document"],
    [new Binary(new Uint8Array([1]), Binary.SUBTYPE_BYTE_ARRAY), "bytes of the old subtype"],
    [new Binary(new Uint8Array([9, 9]), 4), "bytes of another subtype"],
    [new Date(0), "a date"],
    [/x/, "an expression"],
    [new BSON.Decimal128("1"), "a decimal number"],
    [new BSON.MinKey(), "the least key"],
    [BSON.Timestamp.fromNumber(5), "a timestamp"],
    [new BSON.Code("x"), "code"],
  ];

  test.each(others)("threat 240: an edited field reads as the driver reads it: %s (%s)", (value) => {
    for (const name of Object.keys(written)) {
      const bytes = BSON.serialize({ ...written, [name]: value });
      expect(raw(bytes), name).toEqual(throughDriver(bytes));
    }
  });

  test("threat 240: without a field, and with one twice", () => {
    for (const name of Object.keys(written)) {
      const { [name]: _left, ...rest } = written;
      const bytes = BSON.serialize(rest);
      expect(raw(bytes), name).toEqual(throughDriver(bytes));
      const twice = doubled(BSON.serialize(rest), BSON.serialize({ tenant: "other" }));
      expect(raw(twice), name).toEqual(throughDriver(twice));
    }
  });

  test("threat 240: one bit of a document is another", () => {
    const bytes = BSON.serialize(written);
    for (let at = 0; at < bytes.length * 8; at += 3) {
      const edited = bytes.slice();
      edited[at >> 3] = (edited[at >> 3] ?? 0) ^ (1 << (at & 7));
      // The server sends whole documents, so the first length is not an attacker's.
      if (at < 32) continue;
      expect(
        outcome(() => raw(edited)),
        `bit ${at}`,
      ).toEqual(outcome(() => throughDriver(edited)));
    }
  });
});

/** A document with the elements of both. */
function doubled(document: Uint8Array, more: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([document.subarray(0, -1), more.subarray(4)]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

function outcome(read: () => StoredSecret): StoredSecret | "refused" {
  try {
    return read();
  } catch {
    return "refused";
  }
}
