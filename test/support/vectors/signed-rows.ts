import { fromHex } from "./golden.ts";
import * as reference from "./reference.ts";
import { fixedBytes } from "./test-keys.ts";

// Rows of users, tokens and permits, each with the fields that its MAC is made of.

/** One field of a row, by its type. Bytes are hex. */
export type Field =
  | { text: string }
  | { count: number }
  | { flag: boolean }
  | { bytes: string }
  | { list: readonly string[] };

export const user = {
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
export const userRow: readonly Field[] = [
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
export const token = {
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
export const tokenRow: readonly Field[] = [
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
export const narrowedToken = { ...token, grants: ["create:prod/*", "save-value:prod/*"] };
export const narrowedTokenRow: readonly Field[] = [...tokenRow, { list: narrowedToken.grants }];
export const loginUser = {
  ...user,
  login: { issuer: "https://id.example.com", subject: "4711", displayName: "Alice Smith" },
};
export const loginUserRow: readonly Field[] = [
  ...userRow,
  { text: "https://id.example.com" },
  { text: "4711" },
  { text: "Alice Smith" },
];
export const passkeyUser = {
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
export const passkeyUserRow: readonly Field[] = [
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
export const session = {
  ...token,
  session: {
    issuer: "https://id.example.com",
    parent: "",
    sid: "sid-1",
    client: "Chromium, Linux",
    refreshToken: fixedBytes("an encrypted refresh token"),
  },
};
export const sessionRow: readonly Field[] = [
  ...tokenRow,
  { list: [] },
  { text: "https://id.example.com" },
  { text: "" },
  { text: "sid-1" },
  { text: "Chromium, Linux" },
  { bytes: session.session.refreshToken.toString("hex") },
];

export const permit = {
  tenant: "default",
  name: "web",
  patterns: ["prod/web/*", "staging/*"],
  updatedAtMs: 1_760_000_000_000,
  updatedBy: "admin",
};
export const permitRow: readonly Field[] = [
  { text: "default" },
  { text: "web" },
  { list: ["prod/web/*", "staging/*"] },
  { count: 1_760_000_000_000 },
  { text: "admin" },
];

/** The field as the MAC is made of it, by the code of the tests. */
export function encode(field: Field): Buffer {
  if ("text" in field) return reference.text(field.text);
  if ("count" in field) return reference.count(field.count);
  if ("flag" in field) return reference.flag(field.flag);
  if ("bytes" in field) return reference.bytes(fromHex(field.bytes));
  return reference.list(field.list);
}
