import { malformedBodies, type SampleRequest } from "./malformed.ts";

/** One request below `/v1/` in all forms that hold a text in the place of a value: in its body, or in a header. */
export interface RefusedVaultRequest {
  readonly method: string;
  readonly path: string;
  variants(text: string): readonly Variant[];
}

interface Variant {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

// Metadata and descriptions are stored in the open, so what would store them is refused for something else.
const versions = { versions: [1] };
const samples: readonly (readonly [method: string, path: string, body: SampleRequest["body"]])[] = [
  ["PUT", "secret/data/held/VAULT", { data: { a: "x", b: { c: 1 } }, options: { cas: 77 } }],
  ["PATCH", "secret/data/held/VAULT", { data: { a: null, b: "x" }, options: { cas: 77 } }],
  ["PUT", "secret/metadata/held/VAULT", { custom_metadata: { a: "b" }, max_versions: 3 }],
  ["PUT", "secret/metadata/1/2/3/4/5/6/7/8/9", { custom_metadata: { a: "b", expires: "2031-01-01" } }],
  ["PATCH", "secret/metadata/1/2/3/4/5/6/7/8", { custom_metadata: { a: null, rotation_interval: "30d" } }],
  ["PUT", "secret/delete/held/VAULT", versions],
  ["PUT", "secret/undelete/held/VAULT", versions],
  ["PUT", "secret/destroy/held/VAULT", versions],
  ["POST", "secret/config", { max_versions: 10, cas_required: false, delete_version_after: "0s" }],
  ["PATCH", "env/data/held/env", { data: { A: "x", B: null } }],
  ["PUT", "env/data/held/env", { data: { A: "x" } }],
  ["POST", "auth/approle/login", { role_id: "bob", secret_id: "x" }],
  ["POST", "auth/userpass/login/bob", { password: "x" }],
  ["POST", "auth/jwt/login", { role: "bob", jwt: "x.y.z" }],
  ["POST", "auth/token/lookup", { token: "x" }],
  ["POST", "auth/token/create", { ttl: "1h", display_name: "x", policies: ["admin"], num_uses: 1, period: "0s" }],
];

const withHeaders = ["x-vault-token", "authorization", "x-vault-namespace", "x-vault-wrap-ttl"].map((name) => {
  // Another scheme than Bearer is not for the service, so the request is served.
  const starts = name === "authorization" ? ["Bearer "] : ["", "Bearer "];
  const variants = (text: string) => starts.map((start) => ({ headers: { [name]: `${start}${headerOf(text)}` } }));
  return { method: "GET", path: `secret/data/held/KEY?in=${name}`, variants };
});

export const refusedVaultRequests: readonly RefusedVaultRequest[] = [
  ...samples.map(([method, path, body]) => {
    return { method, path, variants: (text: string) => malformedBodies(body, text).map((each) => ({ body: each })) };
  }),
  ...withHeaders,
];

/** Headers cannot hold all that a value can. */
function headerOf(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, "");
}
