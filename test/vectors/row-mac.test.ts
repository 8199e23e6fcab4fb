import { expect, test } from "vitest";
import type { CanonicalField } from "../../src/crypto/canonical.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { rowMac, verifyRowMac } from "../../src/crypto/row-mac.ts";
import { signToken, signUser, verifyToken, verifyUser } from "../../src/identity/rows.ts";
import { signPermit, verifyPermit } from "../../src/rules/permit-row.ts";
import { describeVectors, expectFields, fromHex, type Vector } from "../support/vectors/golden.ts";
import * as reference from "../support/vectors/reference.ts";
import { fixedBytes, keyA, keyB } from "../support/vectors/test-keys.ts";

/** One field of a row, by its type. Bytes are hex. */
type Field = { text: string } | { count: number } | { flag: boolean } | { bytes: string } | { list: readonly string[] };

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

const user = {
  tenant: "default",
  slug: "alice",
  roles: ["backend", "ops"],
  admin: false,
  operator: true,
  createdAtMs: 1_750_000_000_000,
  createdBy: "admin",
  updatedAtMs: 1_760_000_000_000,
  updatedBy: "carol",
  removed: false,
};
const userRow: readonly Field[] = [
  { text: "default" },
  { text: "alice" },
  { list: ["backend", "ops"] },
  { flag: false },
  { flag: true },
  { count: 1_750_000_000_000 },
  { text: "admin" },
  { count: 1_760_000_000_000 },
  { text: "carol" },
  { flag: false },
];
const token = {
  tenant: "default",
  id: "tok_1",
  slug: "alice",
  hash: fixedBytes("a token"),
  description: "laptop",
  grants: [],
  createdAtMs: 1_750_000_000_000,
  createdBy: "admin",
  expireAtMs: 1_757_776_000_000,
  revokedAtMs: 0,
};
const tokenRow: readonly Field[] = [
  { text: "default" },
  { text: "tok_1" },
  { text: "alice" },
  { bytes: token.hash.toString("hex") },
  { text: "laptop" },
  { count: 1_750_000_000_000 },
  { text: "admin" },
  { count: 1_757_776_000_000 },
  { count: 0 },
];
const narrowedToken = { ...token, grants: ["create:prod/*", "save-value:prod/*"] };
const narrowedTokenRow: readonly Field[] = [...tokenRow, { list: narrowedToken.grants }];
const loginUser = { ...user, login: { issuer: "https://id.example.com", subject: "4711", displayName: "Alice Smith" } };
const loginUserRow: readonly Field[] = [
  ...userRow,
  { text: "https://id.example.com" },
  { text: "4711" },
  { text: "Alice Smith" },
];
const passkeyUser = {
  ...user,
  passkeys: {
    handle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    keys: [
      {
        id: "pky_00112233445566778899",
        credential: "Y3JlZGVudGlhbA",
        publicKey: "cHVibGljIGtleQ",
        counter: 3,
        name: 'my "laptop"',
        createdAtMs: 1_760_000_000_000,
      },
    ],
    invitation: { hash: "aW52aXRhdGlvbg", endAtMs: 1_760_086_400_000 },
  },
};
const passkeyUserRow: readonly Field[] = [
  ...userRow,
  { text: "" },
  { text: "" },
  { text: "" },
  { text: passkeyUser.passkeys.handle },
  {
    list: ['["pky_00112233445566778899","Y3JlZGVudGlhbA","cHVibGljIGtleQ",3,"my \\"laptop\\"",1760000000000]'],
  },
  { text: "aW52aXRhdGlvbg" },
  { count: 1_760_086_400_000 },
];
const session = {
  ...token,
  session: {
    issuer: "https://id.example.com",
    parent: "",
    sid: "sid-1",
    client: "Chromium, Linux",
    refreshToken: fixedBytes("an encrypted refresh token"),
  },
};
const sessionRow: readonly Field[] = [
  ...tokenRow,
  { list: [] },
  { text: "https://id.example.com" },
  { text: "" },
  { text: "sid-1" },
  { text: "Chromium, Linux" },
  { bytes: session.session.refreshToken.toString("hex") },
];

const permit = {
  tenant: "default",
  name: "web",
  patterns: ["prod/web/*", "staging/*"],
  updatedAtMs: 1_760_000_000_000,
  updatedBy: "admin",
};
const permitRow: readonly Field[] = [
  { text: "default" },
  { text: "web" },
  { list: ["prod/web/*", "staging/*"] },
  { count: 1_760_000_000_000 },
  { text: "admin" },
];

function encode(field: Field): Buffer {
  if ("text" in field) return reference.text(field.text);
  if ("count" in field) return reference.count(field.count);
  if ("flag" in field) return reference.flag(field.flag);
  if ("bytes" in field) return reference.bytes(fromHex(field.bytes));
  return reference.list(field.list);
}

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

test("users and tokens are signed as the vectors say", async () => {
  const keyring = createKeyring(keyA, []);
  const [ofUser, ofToken] = [signUser(keyring, user), signToken(keyring, token)];
  const ofNarrowed = signToken(keyring, narrowedToken);
  const expectedUser = await success("", userRow, "secret-svc/user/v1");
  const expectedToken = await success("", tokenRow, "secret-svc/token/v1");
  expect(Buffer.from(ofUser.mac).toString("hex")).toBe(expectedUser.mac);
  expect(Buffer.from(ofToken.mac).toString("hex")).toBe(expectedToken.mac);
  const expectedNarrowed = await success("", narrowedTokenRow, "secret-svc/token/v2");
  expect(Buffer.from(ofNarrowed.mac).toString("hex")).toBe(expectedNarrowed.mac);
  for (const [row, grants] of [
    [ofNarrowed, []],
    [ofNarrowed, ["create:*"]],
    [ofToken, ["read:*"]],
  ] as const) {
    expect(() => verifyToken(keyring, { ...row, grants })).toThrow(IntegrityError);
  }
});

test("users of issuers and sessions are signed as the vectors say, and nothing of them can be changed", async () => {
  const keyring = createKeyring(keyA, []);
  const [ofUser, ofSession] = [signUser(keyring, loginUser), signToken(keyring, session)];
  const expectedUser = await success("", loginUserRow, "secret-svc/user/v2");
  const expectedSession = await success("", sessionRow, "secret-svc/token/v3");
  expect(Buffer.from(ofUser.mac).toString("hex")).toBe(expectedUser.mac);
  expect(Buffer.from(ofSession.mac).toString("hex")).toBe(expectedSession.mac);
  const { login, session: fieldsOfSession } = { ...loginUser, ...session };
  for (const field of Object.keys(login)) {
    expect(() => verifyUser(keyring, { ...ofUser, login: { ...login, [field]: "changed" } })).toThrow(IntegrityError);
  }
  for (const [field, value] of Object.entries(fieldsOfSession)) {
    const changed = typeof value === "string" ? `${value}+` : new Uint8Array(3);
    const row = { ...ofSession, session: { ...fieldsOfSession, [field]: changed } };
    expect(() => verifyToken(keyring, row)).toThrow(IntegrityError);
  }
  expect(() => verifyUser(keyring, { ...ofUser, login: undefined })).toThrow(IntegrityError);
  expect(() => verifyToken(keyring, { ...ofSession, session: undefined })).toThrow(IntegrityError);
  expect(() => verifyToken(keyring, { ...ofSession, grants: ["read:*"] })).toThrow(IntegrityError);
});

test("permits are signed as the vectors say, and nothing of them can be changed", async () => {
  const keyring = createKeyring(keyA, []);
  const signed = signPermit(keyring, permit);
  const expected = await success("", permitRow, "secret-svc/permit/v1");
  expect(Buffer.from(signed.mac).toString("hex")).toBe(expected.mac);
  for (const changed of [
    { name: "ops" },
    { patterns: ["*"] },
    { tenant: "other" },
    { updatedAtMs: 1 },
    { updatedBy: "x" },
  ]) {
    expect(() => verifyPermit(keyring, { ...signed, ...changed })).toThrow(IntegrityError);
  }
});

test("users with passkeys are signed as the vectors say, and nothing of them can be changed", async () => {
  const keyring = createKeyring(keyA, []);
  const signed = signUser(keyring, passkeyUser);
  const expected = await success("", passkeyUserRow, "secret-svc/user/v3");
  expect(Buffer.from(signed.mac).toString("hex")).toBe(expected.mac);
  expect(verifyUser(keyring, signed)).toEqual(signed);
  const { passkeys } = passkeyUser;
  const changed = (keys: Partial<typeof passkeys>) => ({ ...signed, passkeys: { ...passkeys, ...keys } });
  for (const [key] of passkeys.keys.entries()) {
    for (const [field, value] of Object.entries(passkeys.keys[key] ?? {})) {
      const other = { ...passkeys.keys[key], [field]: typeof value === "number" ? value + 1 : `${value}+` };
      expect(() => verifyUser(keyring, changed({ keys: [other as (typeof passkeys.keys)[number]] }))).toThrow(
        IntegrityError,
      );
    }
  }
  const { invitation } = passkeys;
  for (const other of [
    changed({ handle: "x" }),
    changed({ keys: [] }),
    changed({ keys: [...passkeys.keys, ...passkeys.keys] }),
    changed({ invitation: { ...invitation, hash: "x" } }),
    changed({ invitation: { ...invitation, endAtMs: 0 } }),
    { ...signed, passkeys: undefined },
    { ...signed, passkeys: { handle: passkeys.handle, keys: passkeys.keys } },
    { ...signed, login: { issuer: "https://id.example.com", subject: "4711", displayName: "" } },
  ]) {
    expect(() => verifyUser(keyring, other)).toThrow(IntegrityError);
  }
});
