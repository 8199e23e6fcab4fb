/** An entry of clients in the file of issuers, with more fields, or others, as lines of YAML. */
export function clientEntry(fields: Readonly<Record<string, string | undefined>> = {}): string {
  const all: Readonly<Record<string, string | undefined>> = {
    clientCa: "clients.pem",
    claims: '{ uri: "spiffe://a.example/ns/{ns}/sa/{sa}" }',
    tenant: "default",
    prefix: "mesh",
    slug: '"{ns}-sa-{sa}"',
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `    ${name}: ${value}\n`));
  return `  - ${lines.join("").trimStart()}`;
}

export function issuersFile(...entries: readonly string[]): string {
  return `issuers:\n${entries.join("")}`;
}
