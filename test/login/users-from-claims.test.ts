import { describe, expect, test } from "vitest";
import { readIssuers } from "../../src/jwt/read-issuers.ts";
import { userFromClaims } from "../../src/login/users-from-claims.ts";
import { loginFile } from "../support/login/issuer-file.ts";

const providerOf = (fields: Record<string, string> = {}) => {
  const [provider] = readIssuers(loginFile(fields), "/nowhere/issuers.yaml", () => "s").providers;
  if (provider === undefined) throw new Error("there is no provider");
  return provider;
};

const claims = { email: "Bob.Smith@acme.example", email_verified: true, name: "Bob Smith", groups: ["secrets-dev"] };
const userOf = (changes: Record<string, unknown> = {}, fields: Record<string, string> = {}) =>
  userFromClaims(providerOf(fields), { ...claims, ...changes });

describe("claims of a person", () => {
  test("make a user with roles", () => {
    expect(userOf()).toEqual({
      tenant: "default",
      slug: "bob-smith",
      displayName: "Bob Smith",
      roles: ["dev"],
      leftOut: [],
      admin: false,
      grants: [],
      autoCreate: true,
    });
  });

  test.each([
    ["Dora.Müller", "dora-muller"],
    ["ÅSA_o+x", "asa-o-x"],
    ["-a--b-", "a-b"],
    ["ﬁn", "fin"],
  ])("make a slug of %s: %s", (name, slug) => {
    expect(userOf({ email: `${name}@acme.example` })).toMatchObject({ slug });
  });

  test.each([["李"], ["..."], ["x".repeat(65)], ["a b"], ["a@evil.example"], ["a\n"]])("make no slug of %j", (name) => {
    expect(userOf({ email: `${name}@acme.example` })).toHaveProperty("problem");
  });

  test("let in only whom the file names", () => {
    expect(userOf({ email_verified: false })).toHaveProperty("problem");
    expect(userOf({ email: ["bob@acme.example"] })).toHaveProperty("problem");
    expect(userOf({ groups: ["other"] })).toHaveProperty("problem");
    expect(userOf({ groups: undefined })).toHaveProperty("problem");
  });

  test("make an admin", () => {
    expect(userOf({ groups: ["secrets-admins", "secrets-dev"] })).toMatchObject({
      admin: true,
      roles: ["admins", "dev"],
    });
  });

  test("threat 143: make no role of a group whose name is not one as it stands", () => {
    const groups = ["secrets-Team.A", "secrets-team_a", "secrets-dév", "secrets-dev"];
    expect(userOf({ groups })).toMatchObject({ roles: ["dev"], leftOut: ["Team.A", "team_a", "dév"] });
  });

  test("threat 143: with 101 roles log no one in", () => {
    const groups = Array.from({ length: 101 }, (_, index) => `secrets-team-${index}`);
    expect(userOf({ groups })).toEqual({ problem: "the claims make 101 roles, and a user has at most 100" });
  });

  test("name a tenant of the file, or no one", () => {
    const fields = {
      claims: '{ email: "{name}@{org}.example" }',
      tenant: '"{org}"',
      tenants: "[acme, umbrella]",
      roles: "[everyone]",
    };
    expect(userOf({ email: "bob@umbrella.example" }, fields)).toMatchObject({
      tenant: "umbrella",
      roles: ["everyone"],
    });
    expect(userOf({ email: "bob@evil.example" }, fields)).toHaveProperty("problem");
    expect(userOf({ email: "bob@Acme.example" }, fields)).toHaveProperty("problem");
  });

  test("are shown without characters that hide or turn text", () => {
    expect(userOf({ name: " \u202eB\u0000ob\u2028 " })).toMatchObject({ displayName: "Bob" });
    expect(userOf({ name: "", preferred_username: "x".repeat(200) })).toMatchObject({ displayName: "x".repeat(100) });
    expect(userOf({ name: 3, email: "b@acme.example" })).toMatchObject({ displayName: "b@acme.example" });
  });
});

test("of several entries the first that fits counts", () => {
  const text = `${loginFile({ claims: '{ email: "{name}@acme.example", hd: acme }', roles: "[one]" })}${loginFile({
    claims: '{ email: "{name}@acme.example" }',
    roles: "[two]",
    adminClaims: "{ email: root@acme.example }",
  }).replace("issuers:\n", "")}`;
  const { providers } = readIssuers(text, "/nowhere/issuers.yaml", () => "s");
  expect(providers).toHaveLength(1);
  const [provider] = providers;
  if (provider === undefined) throw new Error("there is no provider");
  expect(userFromClaims(provider, { email: "a@acme.example", hd: "acme" })).toMatchObject({ roles: ["one"] });
  expect(userFromClaims(provider, { email: "root@acme.example" })).toMatchObject({ roles: ["two"], admin: true });
});
