import { expect, test } from "vitest";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { signToken, signUser, verifyToken, verifyUser } from "../../src/identity/rows.ts";
import { signPermit, verifyPermit } from "../../src/rules/permit-row.ts";
import * as reference from "../support/vectors/reference.ts";
import {
  encode,
  type Field,
  loginUser,
  loginUserRow,
  narrowedToken,
  narrowedTokenRow,
  passkeyUser,
  passkeyUserRow,
  permit,
  permitRow,
  session,
  sessionRow,
  token,
  tokenRow,
  user,
  userRow,
} from "../support/vectors/signed-rows.ts";
import { keyA } from "../support/vectors/test-keys.ts";

async function expectedMac(row: readonly Field[], label: string): Promise<string> {
  const mac = await reference.referenceRowMac(keyA, await reference.kidOf(keyA), label, row.map(encode));
  return mac.toString("hex");
}

test("users and tokens are signed as the vectors say", async () => {
  const keyring = createKeyring(keyA, []);
  const [ofUser, ofToken] = [signUser(keyring, user), signToken(keyring, token)];
  const ofNarrowed = signToken(keyring, narrowedToken);
  const expectedUser = await expectedMac(userRow, "secret-svc/user/v1");
  const expectedToken = await expectedMac(tokenRow, "secret-svc/token/v1");
  expect(Buffer.from(ofUser.mac).toString("hex")).toBe(expectedUser);
  expect(Buffer.from(ofToken.mac).toString("hex")).toBe(expectedToken);
  const expectedNarrowed = await expectedMac(narrowedTokenRow, "secret-svc/token/v2");
  expect(Buffer.from(ofNarrowed.mac).toString("hex")).toBe(expectedNarrowed);
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
  const expectedUser = await expectedMac(loginUserRow, "secret-svc/user/v2");
  const expectedSession = await expectedMac(sessionRow, "secret-svc/token/v3");
  expect(Buffer.from(ofUser.mac).toString("hex")).toBe(expectedUser);
  expect(Buffer.from(ofSession.mac).toString("hex")).toBe(expectedSession);
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
  const expected = await expectedMac(permitRow, "secret-svc/permit/v1");
  expect(Buffer.from(signed.mac).toString("hex")).toBe(expected);
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
  const expected = await expectedMac(passkeyUserRow, "secret-svc/user/v3");
  expect(Buffer.from(signed.mac).toString("hex")).toBe(expected);
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
