/**
 * A file with one entry of people, with more fields, or others, as lines of YAML. Fields of `login` begin with
 * `login.`.
 */
export function loginFile(fields: Readonly<Record<string, string>> = {}): string {
  const all: Record<string, string> = {
    issuer: "https://id.acme.example",
    audience: "secret-svc",
    claims: '{ email: "{name}@acme.example", email_verified: "true", groups: "secrets-{team}" }',
    tenant: "default",
    slug: '"{name}"',
    roles: '["{team}"]',
    adminClaims: "{ groups: secrets-admins }",
    "login.name": "Acme",
    "login.clientSecretFile": "acme.secret",
    ...fields,
  };
  const line = (name: string, value: string, indent: string) => (value === "" ? "" : `${indent}${name}: ${value}\n`);
  const isOfLogin = ([name]: readonly [string, string]) => name.startsWith("login.");
  const outer = Object.entries(all).filter((field) => !isOfLogin(field));
  const inner = Object.entries(all).filter(isOfLogin);
  const lines = outer.map(([name, value]) => line(name, value, "    ")).join("");
  const login = inner.map(([name, value]) => line(name.slice("login.".length), value, "      ")).join("");
  return `issuers:\n  - ${lines.trimStart()}    login:\n${login}`;
}
