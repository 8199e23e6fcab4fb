import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CanonicalField } from "../../src/crypto/canonical.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../../src/crypto/row-mac.ts";
import { checkRandom } from "../support/random-draws.ts";

const keyA = Buffer.alloc(32, "A");
const keyB = Buffer.alloc(32, "B");
const keyring = createKeyring(keyA, [keyB]);
const label = "secret-svc/user/v1";
const fields: readonly CanonicalField[] = [
  "default",
  "alice",
  ["backend", "ops"],
  false,
  1_700_000_000_000,
  Buffer.of(7),
];
const { kid, mac } = rowMac(keyring, label, fields);

function refuses(changed: {
  label?: string;
  fields?: readonly CanonicalField[];
  kid?: string;
  mac?: Uint8Array;
}): void {
  const row = { label, fields, kid, mac, ...changed };
  expect(() => verifyRowMac(keyring, row.label, row.fields, row.kid, row.mac)).toThrow(IntegrityError);
}

describe("row MAC", () => {
  test("accepts the row that it was made for", () => {
    expect(kid).toBe(keyring.active.kid);
    expect(mac).toHaveLength(32);
    verifyRowMac(keyring, label, fields, kid, mac);
    verifyRowMac(createKeyring(keyB, [keyA]), label, fields, kid, new Uint8Array(mac));
  });

  test("threat 104: a database writer cannot make a user an admin", () => {
    refuses({ fields: fields.with(3, true) });
  });

  test("threat 104: every changed field, added or dropped field and other label is refused", () => {
    const changed: readonly CanonicalField[] = [
      "default2",
      "alicf",
      ["backend"],
      true,
      1_700_000_000_001,
      Buffer.of(8),
    ];
    changed.forEach((field, index) => {
      refuses({ fields: fields.with(index, field) });
    });
    refuses({ fields: fields.with(2, ["ops", "backend"]) });
    refuses({ fields: fields.slice(1) });
    refuses({ fields: fields.slice(0, -1) });
    refuses({ fields: [...fields, ""] });
    refuses({ label: "secret-svc/token/v1" });
  });

  test("the kid is authenticated, and only the named key is tried", () => {
    refuses({ kid: createKeyring(keyB, []).active.kid });
    refuses({ kid: "0".repeat(16) });
    refuses({ kid: "" });
    refuses({ kid: kid.toUpperCase() });
  });

  test("threat 111: every flipped bit, truncation and extension of the MAC is refused", () => {
    for (let bit = 0; bit < 256; bit += 1) {
      const flipped = Buffer.from(mac);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      refuses({ mac: flipped });
    }
    for (let length = 0; length < 32; length += 1) refuses({ mac: mac.subarray(0, length) });
    refuses({ mac: Buffer.concat([mac, Buffer.of(0)]) });
  });

  test.each([
    ["a negative number", -1],
    ["a fraction", 0.5],
    ["null", null],
    ["undefined", undefined],
    ["an object", {}],
    ["a list of numbers", [1]],
  ])("a row that holds %s fails verification and nothing else", (_name, bad) => {
    refuses({ fields: fields.with(4, bad as unknown as CanonicalField) });
  });

  test("a MAC that is not bytes fails verification and nothing else", () => {
    for (const bad of [null, undefined, "text", {}]) {
      expect(() => verifyRowMac(keyring, label, fields, kid, bad as unknown as Uint8Array)).toThrow(IntegrityError);
    }
  });

  test("rows of the same shape share a MAC only when they are equal", () => {
    const row = fc.tuple(fc.string(), fc.array(fc.string(), { maxLength: 3 }), fc.nat());
    checkRandom(
      fc.property(row, row, (a, b) => {
        const made = rowMac(keyring, label, a);
        verifyRowMac(keyring, label, a, made.kid, made.mac);
        if (JSON.stringify(a) !== JSON.stringify(b)) refuses({ fields: b, mac: made.mac });
      }),
    );
  });
});
