import { expect } from "vitest";
import type { CanonicalField } from "../../src/crypto/canonical.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../../src/crypto/row-mac.ts";
import { describeVectors, expectFields, fromHex, type Vector } from "../support/vectors/golden.ts";
import * as reference from "../support/vectors/reference.ts";
import {
  encode,
  type Field,
  loginUserRow,
  narrowedTokenRow,
  passkeyUserRow,
  permitRow,
  sessionRow,
  tokenRow,
  userRow,
} from "../support/vectors/signed-rows.ts";
import { keyA, keyB } from "../support/vectors/test-keys.ts";

interface RowVector extends Vector {
  readonly expect: "success" | "integrity error";
  readonly keys: readonly string[];
  readonly label: string;
  readonly fields: readonly Field[];
  readonly kid: string;
  readonly mac: string;
}

const label = "secret-svc/example-row/v1";
const fields: readonly Field[] = [
  { text: "default" },
  { text: "alice" },
  { list: ["backend", "ops"] },
  { flag: false },
  { count: 1_750_000_000_000 },
  { bytes: "00ff" },
];

function toCanonical(field: Field): CanonicalField {
  expectFields(field, ["text", "count", "flag", "bytes", "list"]);
  if ("text" in field) return field.text;
  if ("count" in field) return field.count;
  if ("flag" in field) return field.flag;
  if ("bytes" in field) return fromHex(field.bytes);
  return field.list;
}

async function success(
  name: string,
  row: readonly Field[],
  rowLabel = label,
  keys: readonly [Buffer, ...Buffer[]] = [keyA],
): Promise<RowVector> {
  const kid = await reference.kidOf(keys[0]);
  const mac = await reference.referenceRowMac(keys[0], kid, rowLabel, row.map(encode));
  return {
    name,
    expect: "success",
    keys: keys.map((key) => key.toString("hex")),
    label: rowLabel,
    fields: row,
    kid: kid.toString("hex"),
    mac: mac.toString("hex"),
  };
}

async function build(): Promise<readonly RowVector[]> {
  const good = await success("a row", fields);
  const failure = (name: string, changed: Partial<RowVector>): RowVector => ({
    ...good,
    ...changed,
    name,
    expect: "integrity error",
  });
  const kidB = await reference.kidOf(keyB);
  const crossed = await reference.referenceRowMac(keyA, kidB, label, fields.map(encode));
  return [
    good,
    await success("no fields", []),
    await success("empty fields", [{ text: "" }, { list: [] }, { bytes: "" }, { count: 0 }, { flag: true }]),
    await success("text outside ASCII and the largest number", [{ text: "é\u{1f511}" }, { count: 2 ** 53 - 1 }]),
    await success("another label", fields, "secret-svc/other-row/v1"),
    await success("under the active of two keys", fields, label, [keyB, keyA]),
    await success("a user", userRow, "secret-svc/user/v1"),
    await success("a token", tokenRow, "secret-svc/token/v1"),
    await success("a narrowed token", narrowedTokenRow, "secret-svc/token/v2"),
    await success("a user of an issuer", loginUserRow, "secret-svc/user/v2"),
    await success("a session", sessionRow, "secret-svc/token/v3"),
    await success("permits", permitRow, "secret-svc/permit/v1"),
    await success("a user with a passkey and an invitation", passkeyUserRow, "secret-svc/user/v3"),
    {
      ...(await success("", passkeyUserRow, "secret-svc/user/v3")),
      name: "a user with a passkey as one without",
      expect: "integrity error",
      label: "secret-svc/user/v1",
      fields: userRow,
    },
    {
      ...(await success("", loginUserRow, "secret-svc/user/v2")),
      name: "a user of an issuer as one of none",
      expect: "integrity error",
      label: "secret-svc/user/v1",
      fields: userRow,
    },
    {
      ...(await success("", sessionRow, "secret-svc/token/v3")),
      name: "a session as a token",
      expect: "integrity error",
      label: "secret-svc/token/v1",
      fields: tokenRow,
    },
    {
      ...(await success("", narrowedTokenRow, "secret-svc/token/v2")),
      name: "a narrowed token as one that is not",
      expect: "integrity error",
      label: "secret-svc/token/v1",
      fields: tokenRow,
    },
    failure("label changed", { label: "secret-svc/other-row/v1" }),
    failure("text changed", { fields: fields.with(1, { text: "alicf" }) }),
    failure("text moved to its neighbour", { fields: fields.with(0, { text: "defaulta" }).with(1, { text: "lice" }) }),
    failure("list entry added", { fields: fields.with(2, { list: ["backend", "ops", "root"] }) }),
    failure("list entries joined", { fields: fields.with(2, { list: ["backendops"] }) }),
    failure("flag changed", { fields: fields.with(3, { flag: true }) }),
    failure("number changed", { fields: fields.with(4, { count: 1_750_000_000_001 }) }),
    failure("number negative", { fields: fields.with(4, { count: -1 }) }),
    failure("bytes changed", { fields: fields.with(5, { bytes: "00fe" }) }),
    failure("field added", { fields: [...fields, { text: "" }] }),
    failure("field dropped", { fields: fields.slice(0, -1) }),
    failure("key not in the keyring", { keys: [keyB.toString("hex")] }),
    failure("kid of another key", { keys: [keyA, keyB].map((key) => key.toString("hex")), kid: kidB.toString("hex") }),
    failure("made by key A for the kid of key B", {
      keys: [keyA, keyB].map((key) => key.toString("hex")),
      kid: kidB.toString("hex"),
      mac: crossed.toString("hex"),
    }),
    failure("kid in upper case", { kid: good.kid.toUpperCase() }),
    failure("MAC cut", { mac: good.mac.slice(0, -2) }),
    failure("MAC extended", { mac: `${good.mac}00` }),
    failure("MAC empty", { mac: "" }),
    failure("MAC with a flipped bit", { mac: flipFirstBit(good.mac) }),
  ];
}

function flipFirstBit(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  bytes.writeUInt8(bytes.readUInt8(0) ^ 0x80, 0);
  return bytes.toString("hex");
}

describeVectors<RowVector>(
  "row-mac.json",
  "MACs of rows: docs/encryption-format.md, section 5. Keys, bytes, kid and mac are hex.",
  ["name", "expect", "keys", "label", "fields", "kid", "mac"],
  build,
  (vector) => {
    const [active, ...previous] = vector.keys.map(fromHex);
    const keyring = createKeyring(active ?? Buffer.alloc(0), previous);
    const row = vector.fields.map(toCanonical);
    const verify = () => verifyRowMac(keyring, vector.label, row, vector.kid, fromHex(vector.mac));
    if (vector.expect === "integrity error") {
      expect(verify).toThrow(IntegrityError);
      return;
    }
    expect(vector.expect).toBe("success");
    verify();
    const made = rowMac(keyring, vector.label, row);
    expect({ kid: made.kid, mac: made.mac.toString("hex") }).toEqual({ kid: vector.kid, mac: vector.mac });
  },
);
