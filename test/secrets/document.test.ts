import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { sealAtRest } from "../../src/crypto/rest-envelope.ts";
import { openDocument, type SecretFields, sealDocument } from "../../src/secrets/document.ts";
import type { AccessLists, StoredSecret } from "../../src/store/secret-rows.ts";
import { accessListNames } from "../../src/text/access-list-names.ts";
import { checkRandom } from "../support/random-draws.ts";

const keyring = createKeyring(Buffer.alloc(32, "A"), [Buffer.alloc(32, "B")]);
const other = createKeyring(Buffer.alloc(32, "B"), [Buffer.alloc(32, "A")]);

const lists: AccessLists = {
  readers: ["alice", "backend"],
  writers: ["alice", "bob"],
  deleters: ["alice", "carol"],
  canChangeReaders: ["alice", "dave"],
  canChangeWriters: ["alice", "erin"],
  canChangeDeleters: ["alice", "frank"],
};
const fields: SecretFields = {
  format: 1,
  tenant: "default",
  id: "secr_abcdefghij",
  key: "alice/DATABASE_URL",
  version: 7,
  owner: "alice",
  lists,
  metadata: [
    ["expires", "2027-01-01"],
    ["note", "main"],
  ],
  createdAtMs: 1_700_000_000_000,
  createdBy: "alice",
  updatedAtMs: 1_700_000_500_000,
  updatedBy: "bob",
  valueChangedAtMs: 1_700_000_400_000,
  removed: false,
};
const plaintext = { value: "postgresql://user:pass@host:5432/db", sealedDigest: Buffer.alloc(32, 5) };
const stored = sealDocument(keyring, fields, plaintext);

function refuses(document: unknown): void {
  expect(() => openDocument(keyring, document as StoredSecret)).toThrow(IntegrityError);
}

describe("document", () => {
  test("threat 15: one that is opened again and again is verified each time, frozen or not", () => {
    for (const isFrozen of [true, false]) {
      const envelope = Buffer.from(stored.envelope);
      const document = { ...stored, envelope };
      if (isFrozen) Object.freeze(document);
      for (let at = 0; at < 3; at += 1) expect(openDocument(keyring, document).value).toBe(plaintext.value);
      // Any byte of it: version, kid, salt, commitment, text, tag.
      for (const at of envelope.keys()) {
        envelope.writeUInt8(envelope.readUInt8(at) ^ 1, at);
        refuses(document);
        envelope.writeUInt8(envelope.readUInt8(at) ^ 1, at);
      }
      expect(() =>
        openDocument(other, { ...document, envelope: sealDocument(other, fields, plaintext).envelope }),
      ).toThrow(IntegrityError);
      expect(openDocument(keyring, document).value).toBe(plaintext.value);
    }
    const edited: Record<string, unknown> = { ...stored };
    expect(openDocument(keyring, edited as unknown as StoredSecret).value).toBe(plaintext.value);
    edited.owner = "mallory";
    refuses(edited);
  });

  test("keeps its fields in the clear and everything else in the envelope", () => {
    const { kid, envelope, ...clear } = stored;
    expect(clear).toEqual(fields);
    expect(kid).toBe(keyring.active.kid);
    expect(Buffer.from(envelope).includes("postgresql")).toBe(false);
    expect(openDocument(keyring, stored)).toEqual(plaintext);
    expect(openDocument(other, stored)).toEqual(plaintext);
  });

  test("a save of a stored document under another key replaces kid and envelope", () => {
    const resealed = sealDocument(other, stored, plaintext);
    expect(resealed.kid).toBe(other.active.kid);
    expect(openDocument(keyring, resealed)).toEqual(plaintext);
  });

  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((raw) => Buffer.from(raw));
  test("threat 30: every value comes back byte for byte, and absent is not empty", () => {
    const values = fc.option(fc.string({ unit: "binary" }), { nil: undefined });
    checkRandom(
      fc.property(values, fc.option(bytes, { nil: undefined }), (value, sealedDigest) => {
        expect(openDocument(keyring, sealDocument(keyring, fields, { value, sealedDigest }))).toEqual({
          value,
          sealedDigest,
        });
      }),
    );
    for (const value of ["\ufeffmark", "a\0b", " \n", "", "\u{1f511}", "x".repeat(65536)]) {
      expect(openDocument(keyring, sealDocument(keyring, fields, { value, sealedDigest: undefined })).value).toBe(
        value,
      );
    }
  });

  test("threat 62: text that UTF-8 cannot carry is not sealed", () => {
    const noDigest = { sealedDigest: undefined };
    expect(() => sealDocument(keyring, fields, { value: "\ud800", ...noDigest })).toThrow(RangeError);
    expect(() => sealDocument(keyring, { ...fields, owner: "\udfff" }, plaintext)).toThrow(RangeError);
    expect(() => sealDocument(keyring, { ...fields, version: -1 }, plaintext)).toThrow(RangeError);
    expect(() => sealDocument(keyring, fields, { value: "v", sealedDigest: Buffer.alloc(31) })).toThrow(RangeError);
  });
});

describe("threat 104: an edited document is refused", () => {
  const edits: Record<string, Partial<Record<keyof StoredSecret, unknown>>> = {
    format: { format: 2 },
    tenant: { tenant: "other" },
    id: { id: "secr_abcdefghik" },
    key: { key: "alice/DATABASE_URK" },
    "key's case": { key: "alice/database_url" },
    "version up": { version: 8 },
    "version down": { version: 6 },
    owner: { owner: "bob" },
    createdAtMs: { createdAtMs: fields.createdAtMs - 1 },
    createdBy: { createdBy: "bob" },
    updatedAtMs: { updatedAtMs: fields.updatedAtMs + 1 },
    updatedBy: { updatedBy: "alice" },
    valueChangedAtMs: { valueChangedAtMs: fields.updatedAtMs },
    "times swapped": { createdAtMs: fields.updatedAtMs, updatedAtMs: fields.createdAtMs },
    "names swapped": { createdBy: fields.updatedBy, updatedBy: fields.createdBy },
    removed: { removed: true },
    "kid of a key that exists": { kid: other.active.kid },
    "kid of no key": { kid: "0".repeat(16) },
    "kid in upper case": { kid: stored.kid.toUpperCase() },
    "metadata value": { metadata: [["expires", "2028-01-01"], fields.metadata[1]] },
    "metadata name": { metadata: [["expire", "2027-01-01"], fields.metadata[1]] },
    "metadata pair added": { metadata: [...fields.metadata, ["owner", "eve"]] },
    "metadata pair removed": { metadata: fields.metadata.slice(1) },
    "metadata emptied": { metadata: [] },
    "metadata order": { metadata: fields.metadata.toReversed() },
    "metadata name and value swapped": { metadata: [["2027-01-01", "expires"], fields.metadata[1]] },
    "metadata cut elsewhere": { metadata: [["expires2", "027-01-01"], fields.metadata[1]] },
  };
  test.each(Object.keys(edits))("%s", (name) => refuses({ ...stored, ...edits[name] }));

  test.each(accessListNames)("%s: entry added, removed, replaced, reordered, cut elsewhere", (name) => {
    const list = lists[name];
    const edited: readonly (readonly string[])[] = [
      [...list, "eve"],
      ["eve", ...list],
      list.slice(1),
      list.slice(0, 1),
      [],
      list.with(1, "eve"),
      list.toReversed(),
      [list.join("")],
      [list.join(",")],
      [...list, ""],
      [...list, "alice"],
    ];
    for (const entries of edited) refuses({ ...stored, lists: { ...lists, [name]: entries } });
  });

  test("an entry moved, or a list swapped, from any list to any other", () => {
    for (const from of accessListNames) {
      for (const to of accessListNames.filter((name) => name !== from)) {
        const moved = [...lists[to], lists[from][1]];
        refuses({ ...stored, lists: { ...lists, [from]: lists[from].slice(0, 1), [to]: moved } });
        refuses({ ...stored, lists: { ...lists, [from]: lists[to], [to]: lists[from] } });
      }
    }
  });

  test("threat 2: an envelope moved to another document, or an older one left under newer fields", () => {
    const victim = sealDocument(keyring, { ...fields, key: "bob/KEY", id: "secr_bob" }, plaintext);
    refuses({ ...victim, envelope: stored.envelope });
    refuses({ ...stored, envelope: victim.envelope });
    const older = sealDocument(keyring, { ...fields, version: 6, lists: { ...lists, readers: ["eve"] } }, plaintext);
    refuses({ ...stored, envelope: older.envelope });
    refuses({ ...stored, lists: older.lists });
  });

  test("threat 105: a whole older row is not detected, as the documentation says", () => {
    const older = sealDocument(keyring, { ...fields, version: 6 }, plaintext);
    expect(openDocument(keyring, older)).toEqual(plaintext);
  });

  test("threat 111: every bit, truncation and extension of the envelope", () => {
    for (let bit = 0; bit < stored.envelope.length * 8; bit += 1) {
      const envelope = Buffer.from(stored.envelope);
      envelope.writeUInt8(envelope.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      refuses({ ...stored, envelope });
    }
    for (let length = 0; length < stored.envelope.length; length += 1) {
      refuses({ ...stored, envelope: stored.envelope.subarray(0, length) });
    }
    refuses({ ...stored, envelope: Buffer.concat([stored.envelope, Buffer.of(0)]) });
  });

  test("a text that encodes like the authenticated one", () => {
    const replacement = sealDocument(keyring, { ...fields, lists: { ...lists, readers: ["\ufffd"] } }, plaintext);
    expect(openDocument(keyring, replacement)).toEqual(plaintext);
    refuses({ ...replacement, lists: { ...lists, readers: ["\ud800"] } });
  });
});

describe("a document that holds impossible things fails verification and nothing else", () => {
  const impossible = [
    null,
    undefined,
    -1,
    0.5,
    Number.NaN,
    2 ** 53,
    1n,
    "1",
    [],
    {},
    Buffer.of(1),
    [1],
    [null],
    [["a"]],
  ];

  test.each(Object.keys(fields))("%s", (name) => {
    for (const bad of impossible) {
      refuses({ ...stored, [name]: bad });
    }
  });

  test.each(accessListNames)("list %s", (name) => {
    for (const bad of [...impossible.filter((value) => !Array.isArray(value)), [1], [null], [undefined], [["a"]]]) {
      refuses({ ...stored, lists: { ...lists, [name]: bad } });
    }
  });

  test("metadata, kid and envelope", () => {
    for (const bad of [["a"], ["a", "b", "c"], ["a", 1], "ab", null]) refuses({ ...stored, metadata: [bad] });
    for (const bad of impossible) {
      refuses({ ...stored, kid: bad });
      refuses({ ...stored, envelope: bad });
    }
  });

  test("version 0, which no stored document has", () => {
    refuses({ ...stored, version: 0 });
    expect(() => sealDocument(keyring, { ...fields, version: 0 }, plaintext)).toThrow(RangeError);
  });

  test("bytes of the right content in place of text", () => {
    refuses({ ...stored, owner: Buffer.from("alice") });
    refuses({ ...stored, removed: Buffer.of(0) });
    refuses({ ...stored, version: "7" });
  });

  test("an envelope of this service for something else", () => {
    const { envelope, kid } = sealAtRest(keyring, Buffer.from([1, 65]), Buffer.from("secret-svc/other"));
    refuses({ ...stored, kid, envelope });
  });
});
