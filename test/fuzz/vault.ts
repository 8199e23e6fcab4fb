import { readFileSync } from "node:fs";
import fc from "fast-check";
import { damagedText } from "./bytes.ts";
import { createLanes, type Framed } from "./lanes.ts";
import { type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, type Target } from "./target.ts";

interface Sample {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const samples = (
  JSON.parse(readFileSync(new URL("../support/vault/requests.json", import.meta.url), "utf8")) as readonly Sample[]
)
  // The token is used for all inputs.
  .filter(({ path }) => !path.includes("revoke-self"))
  .map((sample) => ({ ...sample, path: sample.path.replaceAll("/P", "/fuzz") }));

const of = (...values: readonly string[]) => fc.constantFrom(...values);
const mostly = <T>(usual: fc.Arbitrary<T>, strange: fc.Arbitrary<T>, weight = 8) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: strange });

const verb = mostly(of("GET", "GET", "PUT", "POST", "PATCH", "DELETE", "LIST", "SCAN"), of("HEAD", "OPTIONS", "TRACE"));
const oddSegment = fc.oneof(
  of("", ".", "..", "%2F", "%00", "%", "%zz", "%ff", "%c3%bc", "%F0%9F%98%80", "a b", "*", "+", "~", ";", "\\"),
  of("x".repeat(255), "x".repeat(256)),
);
const segment = mostly(of("fuzz", "a", "b", "ph", "prod"), oddSegment, 6);
const kinds = ["data", "metadata", "subkeys", "delete", "undelete", "destroy", "config"];
const query = mostly(
  of("", "", "", "?list=true", "?version=1", "?version=2", "?scan=true"),
  of(
    ...[
      "?list=1&scan=1",
      "?version=-1",
      "?version=x",
      "?version=1e3",
      "?version=99999999999999999999",
      "?%",
      "?=",
      "?",
    ],
    ...["?after=a&limit=1", "?limit=-1&list=true", "?limit=x&list=1", "?depth=1", "?depth=-1", "?depth=x", "?list=%ff"],
  ),
  3,
);
const path = fc.oneof(
  of(...samples.map((sample) => sample.path)),
  fc
    .tuple(of("secret", "secret", "env"), mostly(of(...kinds), segment), fc.array(segment, { maxLength: 5 }), query)
    .map(([mount, kind, rest, asked]) => `${[mount, kind, ...rest].join("/")}${asked}`),
  fc
    .array(mostly(of("sys", "auth", "internal", "ui", "mounts", "token", "secret"), segment), { maxLength: 5 })
    .map((rest) => rest.filter((each) => each !== "revoke-self").join("/")),
  damagedText(of(...samples.map((sample) => sample.path))),
);

const names = [
  ...["data", "options", "cas", "versions", "custom_metadata", "max_versions", "cas_required", "delete_version_after"],
  ...[
    "path",
    "paths",
    "token",
    "ttl",
    "policies",
    "num_uses",
    "display_name",
    "password",
    "role_id",
    "secret_id",
    "jwt",
  ],
  ...["role", "username", "__proto__", "constructor", "a", "A_B", "value", ""],
];
const scalar = fc.oneof(
  of(
    ...["0", "1", "-1", "1.10", "1e400", "12345678901234567890", "true", "null", '"1"', '""', '"0s"', '"30d"', '"1h"'],
  ),
  of('"text"', '"\\u0000"', '"\\ud800"', '"\\\\\\""', '"seal.v1.x"', '"{}"', '"{\\"a\\":1}"', `"${"x".repeat(2000)}"`),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text)),
);
/** JSON as a text, so that numbers stay as they are and names can be there twice. */
const { object } = fc.letrec<{ object: string; value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    { weight: 4, arbitrary: scalar },
    { weight: 2, arbitrary: tie("object") },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }).map((all) => `[${all.join(", ")}]`) },
  ),
  object: fc
    .array(fc.tuple(mostly(of(...names), fc.string({ unit: "binary", maxLength: 4 }), 12), tie("value")), {
      maxLength: 5,
    })
    .map((all) => `{${all.map(([name, value]) => `${JSON.stringify(name)} : ${value}`).join(",")}}`),
}));
const body = fc.oneof(
  of(...samples.flatMap((sample) => sample.body ?? [])),
  object.map((data) => `{"data":${data}}`),
  fc.tuple(object, scalar).map(([data, cas]) => `{"data":${data},"options":{"cas":${cas}}}`),
  object,
  damagedText(object),
  of("", "{}", "null", "[]", "\ufeff{}"),
);
const types = of("application/json", "application/merge-patch+json", "application/merge-patch+json; charset=x", "");
const headers = fc
  .record({
    "content-type": types,
    "x-vault-namespace": mostly(of(""), of("root", "default", "/default/", "other", "/"), 12),
    "x-vault-wrap-ttl": mostly(of(""), of("0", "0s", "60", "x"), 12),
    "x-vault-request": of("", "true"),
    "x-vault-token": mostly(of("TOK"), of("", "login.TOK", "login.", "oo_x", "x.y.z", "hvs.x"), 20),
    authorization: mostly(of(""), of("Bearer TOK", "Bearer", "Basic x", "bearer  TOK"), 12),
  })
  .map((all) => Object.entries(all).filter(([, value]) => value !== ""));

/** Requests to the API of Vault. */
const requests = fc.record({ verb, path, body, headers });

export function createVaultTarget(service: FuzzedService): Target {
  const ask = createLanes(service, 64);
  const withToken = (text: string) => text.replaceAll("TOK", service.server.adminToken);
  return defineTarget({
    name: "vault",
    share: 5,
    atOnce: 256,
    input: requests,
    async check(inputs) {
      const framed = inputs.map(
        (input): Framed => ({
          verb: input.verb,
          path: `/v1/${input.path.toWellFormed().replace(/[^!-~]+/g, encodeURIComponent)}`,
          headers: input.headers.map(([name, value]) => [name, withToken(value)]),
          body: Buffer.from(withToken(input.body)),
        }),
      );
      for (const { status, headers: sent, body: answer } of await ask(framed)) {
        requireFair([status]);
        // What its clients cannot read is as bad as a status that blames the service.
        if (answer.length > 0 && sent.get("content-type")?.[0]?.startsWith("application/json") === true) {
          JSON.parse(answer.toString());
        }
      }
    },
  });
}
