import { describe, expect, test } from "vitest";
import { readIssuers } from "../../src/jwt/read-issuers.ts";
import { userFromClaims } from "../../src/login/users-from-claims.ts";
import { readBlocks } from "../support/docs/markdown.ts";

const address = { email: "Bob.Smith@acme.example", email_verified: true };
const tenantId = "11111111-2222-3333-4444-555555555555";

/** What each provider says of a person with a role, as the page has it, and of someone who must not get in. */
const people: Readonly<Record<string, { member: object; roles: string[]; outsider: object }>> = {
  keycloak: {
    member: { ...address, groups: ["staff", "secrets-dev"] },
    roles: ["dev"],
    outsider: { ...address, email_verified: false, groups: ["secrets-dev"] },
  },
  entra: {
    member: { tid: tenantId, preferred_username: "Bob.Smith@acme.example", roles: ["secrets-dev"] },
    roles: ["dev"],
    outsider: { tid: "of another company", preferred_username: "bob@acme.example", roles: ["secrets-dev"] },
  },
  okta: {
    member: { ...address, groups: ["secrets-dev"] },
    roles: ["dev"],
    outsider: { ...address, groups: ["Everyone"] },
  },
  google: { member: { ...address, hd: "acme.example" }, roles: [], outsider: address },
  gitlab: {
    member: { ...address, groups: ["acme", "acme/secrets-dev"] },
    roles: ["dev"],
    outsider: { ...address, groups: ["evil/secrets-dev"] },
  },
  authentik: { member: { ...address, groups: ["secrets-dev"] }, roles: ["dev"], outsider: { ...address, groups: [] } },
  dex: { member: { ...address, groups: ["acme:dev"] }, roles: ["dev"], outsider: { ...address, groups: ["evil:dev"] } },
  auth0: {
    member: { ...address, "https://acme.example/groups": ["secrets-dev"] },
    roles: ["dev"],
    outsider: address,
  },
};

const blocks = readBlocks("docs/login.md").flatMap(({ marks, text }) =>
  marks.filter((mark) => mark.startsWith("example ")).map((mark) => ({ name: mark.slice("example ".length), text })),
);

describe("the entries of docs/login.md", () => {
  test("are those of the providers that it names", () => {
    expect(blocks.map(({ name }) => name)).toEqual(Object.keys(people));
  });

  test.each(blocks)("$name: is read, and lets in whom it should", ({ name, text }) => {
    const [provider, ...others] = readIssuers(text, "/etc/secret-svc/issuers.yaml", () => "the secret").providers;
    expect(others).toEqual([]);
    if (provider === undefined) throw new Error("there is no provider");
    const { member = {}, roles = [], outsider = {} } = people[name] ?? {};
    expect(userFromClaims(provider, member)).toMatchObject({ slug: "bob-smith", roles, admin: false });
    expect(userFromClaims(provider, outsider)).toHaveProperty("problem");
  });

  test("google: the entry for one person comes first", () => {
    const text = blocks.find(({ name }) => name === "google")?.text ?? "";
    const [provider] = readIssuers(text, "/etc/secret-svc/issuers.yaml", () => "the secret").providers;
    if (provider === undefined) throw new Error("there is no provider");
    const root = { hd: "acme.example", email: "root@acme.example", email_verified: true };
    expect(userFromClaims(provider, root)).toMatchObject({ slug: "root", roles: ["ops"], admin: true });
  });
});
