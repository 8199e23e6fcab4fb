import { describe, expect, test } from "vitest";
import { readIssuers } from "../../src/jwt/read-issuers.ts";
import { fileOf } from "../support/jwt/jwt-fixture.ts";

const path = "/etc/secret-svc/issuers.yaml";
const read = (file: string) => readIssuers(file, path, () => "").issuers;

function errorOf(file: string): string {
  try {
    read(file);
  } catch (error) {
    if (error instanceof Error && error.name === "IssuerFileError") return error.message;
    throw error;
  }
  throw new Error("the file was taken");
}

describe("a file of issuers", () => {
  test("has safe defaults", () => {
    expect(read(fileOf())).toMatchObject([
      {
        algorithms: ["RS256"],
        keys: { file: "/etc/secret-svc/keys.json" },
        keysMaxAgeMs: 12 * 3_600_000,
        maxLifetimeMs: 24 * 3_600_000,
        tenants: ["default"],
        roles: [],
        adminClaims: undefined,
        grants: [],
      },
    ]);
  });

  test("says everything there is to say", () => {
    const [issuer] = read(
      fileOf({
        jwksFile: "/keys/jwks.json",
        keysMaxAge: "30m",
        algorithms: "[ES256, EdDSA]",
        maxLifetime: "7d",
        type: "AT+JWT",
        claims: '{ sub: "{org}/{app}", groups: "{group}" }',
        tenant: '"{org}"',
        tenants: "[acme, umbrella]",
        roles: '["team-{group}", deployers-of-all]',
        slug: '"app-{app}"',
        adminClaims: "{ groups: admins }",
        grants: '[{ action: read, keyPatterns: ["prod/*", "prod/*", dev/A] }]',
      }),
    );
    expect(issuer).toMatchObject({
      keys: { file: "/keys/jwks.json" },
      keysMaxAgeMs: 30 * 60_000,
      algorithms: ["ES256", "EdDSA"],
      maxLifetimeMs: 7 * 24 * 3_600_000,
      type: "at+jwt",
      tenants: ["acme", "umbrella"],
      grants: [{ action: "read", keyPatterns: ["dev/A", "prod/*"] }],
    });
  });

  test("may be empty", () => {
    expect(read("issuers: []\n")).toEqual([]);
  });

  test.each([
    ["", "is not valid YAML"],
    ["issuer: x\n", "must be a map with one field"],
    ["issuers: x\n", "must be a map with one field"],
    ["issuers: []\nmore: 1\n", "must be a map with one field"],
    ["issuers: [x]\n", "issuers[0] must be a map"],
    ["issuers: [\n", "is not valid YAML in line"],
    ["issuers: []\nissuers: []\n", "is not valid YAML in line 2"],
    ["issuers: [&a {}, *a]\n", "is not valid YAML"],
    ["issuers: !!js/function x\n", "is not valid YAML"],
  ])("%j is refused", (file, message) => {
    expect(errorOf(file)).toContain(message);
  });

  test.each<[Record<string, string>, string]>([
    [{ algoritms: "[RS256]" }, 'issuers[0] has an unknown field "algoritms"'],
    [{ issuer: '""' }, "issuers[0].issuer must be a text"],
    [{ audience: "[a, b]" }, "issuers[0].audience must be a text"],
    [{ claims: "sub" }, "issuers[0].claims must be a map of claims"],
    [{ claims: "{}" }, "issuers[0].claims must name at least one claim"],
    [{ claims: '{ sub: "{app" }' }, "issuers[0].claims.sub has an unmatched '{' or '}'"],
    [{ claims: '{ sub: "{app}", aud: "{app}" }' }, "issuers[0].claims must not capture {app} twice"],
    [{ claims: '{ sub: "x" }' }, "issuers[0].claims must capture {app}, which is used"],
    [{ claims: '{ sub: "{org}/{app}" }' }, "issuers[0].claims captures {org}, which is not used"],
    [{ jwksUrl: "https://a.example/" }, "issuers[0] must have jwksUrl or jwksFile, and not both"],
    [{ algorithms: "[HS256]" }, "issuers[0].algorithms must be some of RS256"],
    [{ algorithms: "[none]" }, "issuers[0].algorithms must be some of"],
    [{ algorithms: "[rs256]" }, "issuers[0].algorithms must be some of"],
    [{ algorithms: "[]" }, "issuers[0].algorithms must be some of"],
    [{ algorithms: "RS256" }, "issuers[0].algorithms must be a list of texts"],
    [{ tenant: "A" }, "issuers[0].tenant must be a-z and 0-9"],
    [{ tenant: "x-{app}" }, "issuers[0].tenant must be a-z and 0-9"],
    [{ tenant: '"{app}"' }, "issuers[0].tenants must list the tenants"],
    [{ tenant: '"{app}"', tenants: "[a, B]" }, "issuers[0].tenants[1] must be a-z and 0-9"],
    [{ tenants: "[default]" }, "issuers[0].tenants goes with a tenant that is a variable"],
    [{ prefix: "gh-" }, "issuers[0].prefix must be a-z and 0-9"],
    [{ prefix: '""' }, "issuers[0].prefix must be a text"],
    [{ slug: "a/{app}" }, "issuers[0].slug must be words of a-z"],
    [{ roles: "team" }, "issuers[0].roles must be a list of texts"],
    [{ roles: "[Team]" }, "issuers[0].roles[0] must be words of a-z"],
    [{ roles: "[deployers]" }, "issuers[0].roles[0] could also be a slug or another role"],
    [{ adminClaims: '{ sub: "{app}" }' }, "issuers[0].adminClaims must not have a {variable}"],
    [{ adminClaims: "{}" }, "issuers[0].adminClaims must name at least one claim"],
    [{ grants: "[]" }, "issuers[0].grants must be a list with at least one grant"],
    [{ grants: "read" }, "issuers[0].grants must be a list with at least one grant"],
    [{ grants: "[{ action: read }]" }, "issuers[0].grants[0] must be a map with action and keyPatterns"],
    [{ grants: "[{ action: fly, keyPatterns: [a] }]" }, "issuers[0].grants[0].action must be one of read"],
    [{ grants: "[{ action: read, keyPatterns: [] }]" }, "issuers[0].grants[0].keyPatterns must name at least one"],
    [{ grants: '[{ action: read, keyPatterns: ["a b"] }]' }, "issuers[0].grants[0].keyPatterns[0]"],
    [{ keysMaxAge: "forever" }, "issuers[0].keysMaxAge must be a time such as 30m, 12h or 7d"],
    [{ keysMaxAge: "0h" }, "issuers[0].keysMaxAge must be a time"],
    [{ maxLifetime: "90" }, "issuers[0].maxLifetime must be a time"],
  ])("with %j is refused", (fields, message) => {
    expect(errorOf(fileOf(fields))).toContain(message);
  });

  test.each([
    "http://issuer.example/k",
    "ftp://a/k",
    "file:///etc/passwd",
    "https://u:p@a.example/",
    "jwks",
    "//a/k",
    "data:,{}",
  ])("threat 78: keys are not fetched from %s", (url) => {
    const file = fileOf({ jwksUrl: url }).replace("    jwksFile: keys.json\n", "");
    expect(errorOf(file)).toBe("issuers[0].jwksUrl must be an https URL without a user (http only on this machine)");
  });

  test.each(["issuer", "audience", "claims", "tenant", "prefix", "slug"])("without %s is refused", (field) => {
    const lines = fileOf({ zzz: "x" })
      .replace("  - ", "    ")
      .split("\n")
      .filter((line) => line.startsWith("    ") && !line.includes(` ${field}: `) && !line.includes(" zzz: "));
    const [first = "", ...rest] = lines;
    const file = ["issuers:", first.replace("    ", "  - "), ...rest].join("\n");
    expect(errorOf(file)).toContain(`issuers[0].${field} is missing`);
  });
});

describe("issuers of one file", () => {
  const two = (fields: Record<string, string>) => `${fileOf()}${fileOf(fields).replace("issuers:\n", "")}`;

  test("may share the issuer and not the audience", () => {
    expect(read(two({ audience: "other", prefix: "pr" }))).toHaveLength(2);
    expect(errorOf(two({ prefix: "pr" }))).toBe("issuers[1] has the issuer and audience of issuers[0]");
  });

  test.each(["ci", "ci-eu"])("cannot have prefix ci and %s", (prefix) => {
    expect(errorOf(two({ audience: "other", prefix }))).toContain("issuers[1].prefix must not begin like issuers[0]");
  });

  test("may have prefixes that only look alike", () => {
    expect(read(two({ audience: "other", prefix: "cia" }))).toHaveLength(2);
  });
});
