type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A request that is in order, from which every malformed one is made. */
export interface SampleRequest {
  readonly method: string;
  readonly path: string;
  /** The path of the same call in Connect. */
  readonly rpc: string;
  readonly body: { readonly [name: string]: Json };
}

const secretFields = {
  key: "sample/KEY",
  id: "secr_sample",
  value: "plain",
  encrypted: false,
  checksumAlgorithm: "CRC32",
  readers: ["bob"],
  canChangeReaders: ["bob"],
  metadata: { team: "x" },
  clear: ["writers"],
  ifVersion: 3,
  owner: "bob",
};

export const sampleRequests: readonly SampleRequest[] = [
  sample("PUT", "/secret-svc/secrets", "SecretService/SaveSecrets", {
    secrets: [secretFields],
    remove: [{ key: "sample/OTHER", ifVersion: 3 }],
    validateOnly: true,
    idempotencyKey: "sample",
  }),
  sample("POST", "/secret-svc/secrets", "SecretService/ListSecrets", {
    keys: ["sample/KEY"],
    view: "SECRET_VIEW_METADATA",
    namespace: "sample",
    keyPattern: "sample*",
    state: "SECRET_STATE_ACTIVE",
    pageSize: 10,
    pageToken: "x",
  }),
  sample("DELETE", "/secret-svc/secrets", "SecretService/RemoveSecrets", { ids: ["secr_sample"], idempotencyKey: "x" }),
  sample("POST", "/secret-svc/encrypt", "SecretService/EncryptValue", {
    value: "plain",
    key: "sample/KEY",
    checksumAlgorithm: "CRC32",
  }),
  sample("POST", "/secret-svc/decrypt", "SecretService/DecryptValue", { values: ["seal.v1.x.y.z"] }),
  sample("PUT", "/secret-svc/users", "IdentityService/SaveUsers", {
    users: [{ slug: "sample", roles: ["x"], admin: false, clear: [], reuse: false }],
    tenant: "other",
  }),
  sample("POST", "/secret-svc/users", "IdentityService/ListUsers", { tenant: "default", pageSize: 3, pageToken: "x" }),
  sample("DELETE", "/secret-svc/users", "IdentityService/RemoveUsers", { slugs: ["sample"], tenant: "default" }),
  sample("PUT", "/secret-svc/tokens", "IdentityService/CreateToken", { slug: "sample", ttl: "60s", tenant: "default" }),
  sample("POST", "/secret-svc/tokens", "IdentityService/ListTokens", { slug: "sample", pageSize: 3, pageToken: "x" }),
  sample("DELETE", "/secret-svc/tokens", "IdentityService/RevokeToken", { id: "tok_x", tenant: "default" }),
  sample("POST", "/secret-svc/audit", "AuditService/ListAuditEvents", {
    key: "sample/KEY",
    principal: "bob",
    action: "secret.read",
    decision: "AUDIT_DECISION_DENIED",
    startTime: "2031-01-01T00:00:00Z",
    pageSize: 3,
    pageToken: "x",
  }),
];

function sample(method: string, path: string, rpc: string, body: SampleRequest["body"]): SampleRequest {
  return { method, path, rpc: `/secret.v1.${rpc}`, body };
}

/**
 * Bodies that hold `canary` in the place of every value and every name in turn, as every type, and as no JSON at all.
 */
export function malformedBodies(body: SampleRequest["body"], canary: string): readonly (string | Buffer)[] {
  const whole = JSON.stringify(body);
  const variants = variantsOf(body, canary).map((variant) => JSON.stringify(variant));
  return [...variants, ...brokenJson(whole, canary)];
}

function variantsOf(value: Json, canary: string): readonly Json[] {
  const replaced: readonly Json[] = [canary, [canary], { [canary]: canary }, [[canary]]];
  if (value === null || typeof value !== "object") return replaced;
  if (isList(value)) {
    const [first = null, ...rest] = value;
    return [...replaced, ...variantsOf(first, canary).map((variant) => [variant, ...rest])];
  }
  const entries = Object.entries(value);
  return [
    ...replaced,
    { ...value, [canary]: "x" },
    { ...value, extra: canary },
    ...entries.flatMap(([name, inner]) => {
      const others = Object.fromEntries(entries.filter(([other]) => other !== name));
      const renamed: Json = { ...others, [canary]: inner };
      return [renamed, ...variantsOf(inner, canary).map((variant): Json => ({ ...value, [name]: variant }))];
    }),
  ];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function brokenJson(whole: string, canary: string): readonly (string | Buffer)[] {
  const withCanary = whole.replace("{", `{"note":"${canary}",`);
  const cuts = Array.from({ length: 12 }, (_, at) => withCanary.slice(0, 30 + at * 9));
  const unquoted = whole.replaceAll(/"[^"]*"(?=[,}\]])/g, canary);
  return [
    ...cuts,
    unquoted,
    canary,
    `"${canary}`,
    `${whole}${canary}`,
    `${canary}${whole}`,
    `'${canary}'`,
    `{"a":"${canary}\n"}`,
    `{"a":"${canary}\\x"}`,
    `{"${canary}":1,"${canary}":2}`,
    `{"a":"\\ud800${canary}"}`,
    `{"secrets":${"[".repeat(300)}"${canary}"${"]".repeat(300)}}`,
    Buffer.concat([Buffer.from(`{"a":"${canary}`), Buffer.of(0xff, 0xfe), Buffer.from('"}')]),
    Buffer.from(`{"a":"${canary}"}`, "utf16le"),
    Buffer.from(`\ufeff{"a":"${canary}"}`),
  ];
}
