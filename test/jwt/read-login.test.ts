import { describe, expect, test } from "vitest";
import { readIssuers } from "../../src/jwt/read-issuers.ts";
import { fileOf } from "../support/jwt/jwt-fixture.ts";
import { loginFile } from "../support/login/issuer-file.ts";

const asked: string[] = [];
const read = (text: string) =>
  readIssuers(text, "/etc/secret-svc/issuers.yaml", (file) => {
    asked.push(file);
    return "the secret";
  });
const joined = (first: string, second: string) => first + second.replace("issuers:\n", "");

describe("an entry of people", () => {
  test("has safe defaults", () => {
    const { issuers, providers } = read(loginFile());
    expect(issuers).toEqual([]);
    expect(asked.at(-1)).toBe("/etc/secret-svc/acme.secret");
    expect(providers).toMatchObject([
      {
        id: "acme",
        name: "Acme",
        issuer: "https://id.acme.example",
        clientId: "secret-svc",
        clientSecret: "the secret",
        clientAuth: "client_secret_basic",
        scopes: ["openid", "email", "profile"],
        sessionMs: 8 * 3_600_000,
        userInfo: false,
        prompt: undefined,
        maxAgeSeconds: undefined,
        entries: [{ tenants: ["default"], grants: [], autoCreate: true }],
      },
    ]);
  });

  test("says everything there is to say", () => {
    const { providers } = read(
      loginFile({
        "login.name": "Acme & Söhne",
        "login.clientAuth": "client_secret_post",
        "login.scopes": "[openid, groups]",
        "login.session": "15m",
        "login.userInfo": "true",
        "login.prompt": "select_account",
        "login.maxAge": "12h",
        "login.autoCreate": "false",
        grants: "[{ action: read, keyPatterns: [dev/*] }]",
      }),
    );
    expect(providers).toMatchObject([
      {
        id: "acme-sohne",
        clientAuth: "client_secret_post",
        scopes: ["openid", "groups"],
        sessionMs: 15 * 60_000,
        userInfo: true,
        prompt: "select_account",
        maxAgeSeconds: 12 * 3600,
        entries: [{ autoCreate: false, grants: [{ action: "read", keyPatterns: ["dev/*"] }] }],
      },
    ]);
  });

  test("stands next to entries of programs", () => {
    const { issuers, providers } = read(
      joined(fileOf(), loginFile({ issuer: "https://issuer.example", audience: "web" })),
    );
    expect(issuers).toHaveLength(1);
    expect(providers).toHaveLength(1);
  });
});

test.each<[Record<string, string>, string]>([
  [{ issuer: "http://id.acme.example" }, "issuers[0].issuer must be an https URL"],
  [{ prefix: "ci" }, "issuers[0].prefix does not go with login"],
  [{ jwksUrl: "https://x.example" }, "issuers[0].jwksUrl does not go with login"],
  [{ other: "x" }, 'issuers[0] has an unknown field "other"'],
  [{ "login.other": "x" }, 'issuers[0].login has an unknown field "other"'],
  [{ "login.name": "" }, "issuers[0].login.name is missing"],
  [{ "login.name": "<b>" }, "issuers[0].login.name must be at most 40 letters"],
  [{ "login.name": "李" }, "issuers[0].login.name must have a letter of a-z or a digit"],
  [{ "login.session": "14m" }, "issuers[0].login.session must be between 15m and 24h"],
  [{ "login.session": "2d" }, "issuers[0].login.session must be between 15m and 24h"],
  [{ "login.scopes": "[email]" }, "issuers[0].login.scopes must be scopes, and one of them openid"],
  [{ "login.scopes": '[openid, "a b"]' }, "issuers[0].login.scopes must be scopes"],
  [{ "login.clientAuth": "none" }, "issuers[0].login.clientAuth must be client_secret_basic or client_secret_post"],
  [
    { "login.clientAuth": "client_secret_post", "login.clientSecretFile": "" },
    "issuers[0].login.clientAuth must be none without clientSecretFile",
  ],
  [{ "login.prompt": "none" }, "issuers[0].login.prompt must be login, consent or select_account"],
  [{ "login.userInfo": "yes" }, "issuers[0].login.userInfo must be true or false"],
  [{ slug: '"{other}"' }, "issuers[0].claims must capture {other}"],
  [{ slug: "Bob" }, "issuers[0].slug must be words"],
  [{ claims: '{ email: "{name}.{team}" }' }, "must have a character that no name has"],
  [{ adminClaims: '{ groups: "{x}" }' }, "issuers[0].adminClaims must not have a {variable}"],
])("%j is refused", (fields, message) => {
  expect(() => read(loginFile(fields))).toThrow(message);
});

describe("two entries", () => {
  test("of one client must agree on what it is", () => {
    const other = loginFile({ "login.session": "1h" });
    expect(() => read(joined(loginFile(), other))).toThrow("issuers[1].login must be as that of issuers[0]");
  });

  test("of two clients must have different names", () => {
    const other = loginFile({ audience: "other", "login.name": "ACME" });
    expect(() => read(joined(loginFile(), other))).toThrow("issuers[1].login.name is too much like that of issuers[0]");
  });

  test("threat 144: of one client are not both of people and of programs", () => {
    const program = fileOf({ issuer: "https://id.acme.example" });
    expect(() => read(joined(program, loginFile()))).toThrow("issuers[1] has the issuer and audience of issuers[0]");
  });
});
