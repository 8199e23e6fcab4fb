import { describe, expect, test } from "vitest";
import { type ImportFormat, importFormats, readImport } from "../../src/cli/formats/import-file.ts";
import { limits } from "../../src/limits.ts";

// Made by hand from the documentation of each tool.
const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Sample {
  readonly format: ImportFormat;
  readonly text: string;
  readonly values: Readonly<Record<string, string | Uint8Array>>;
  readonly leftOut?: readonly string[];
  /** The text alone does not say what it is. */
  readonly isAmbiguous?: true;
}

const samples: readonly Sample[] = [
  {
    format: "dotenv",
    text: "# local\nexport A=one\nB='two words'\nEMPTY=\n",
    values: { A: "one", B: "two words" },
    leftOut: ["EMPTY"],
  },
  {
    format: "json",
    text: '{\n\t"A": "one", "PORT": 1.10, "ON": true, "db": {"PASSWORD": "p"}, "NONE": null, "LIST": [1]\n}',
    values: { A: "one", PORT: "1.10", ON: "true", "db/PASSWORD": "p" },
    leftOut: ["NONE", "LIST"],
  },
  {
    format: "yaml",
    text: "A: one\nPORT: 0123\nNULLISH: 'null'\ndb:\n  PASSWORD: |\n    two\n    lines\n",
    values: { A: "one", PORT: "0123", NULLISH: "null", "db/PASSWORD": "two\nlines\n" },
  },
  {
    format: "kubernetes",
    text: `apiVersion: v1
kind: Secret
metadata: {name: web, namespace: shop}
type: Opaque
stringData: {A: plain}
data:
  A: ${base64("hidden by stringData")}
  B: ${base64("bytes")}
  BINARY: ${Buffer.from([0xff, 0xfe]).toString("base64")}
  NUL: ${base64("a\0")}
  BROKEN: "no base64!"
`,
    values: { A: "plain", B: "bytes", BINARY: Uint8Array.of(0xff, 0xfe), NUL: Uint8Array.of(0x61, 0) },
    leftOut: ["BROKEN"],
  },
  {
    format: "kubernetes",
    text: JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "v1", kind: "Secret", metadata: { name: "one" }, data: { A: base64("1") } },
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "plain" }, data: { A: "1" } },
      ],
    }),
    values: { "one/A": "1" },
    leftOut: ["plain"],
  },
  {
    format: "vault",
    text: JSON.stringify({
      request_id: "r",
      lease_id: "",
      data: { data: { A: "one", N: 5 }, metadata: { version: 3, created_time: "t" } },
    }),
    values: { A: "one", N: "5" },
  },
  {
    format: "openbao",
    text: JSON.stringify({ request_id: "r", lease_id: "", data: { A: "one" } }),
    values: { A: "one" },
    isAmbiguous: true,
  },
  {
    format: "doppler",
    text: JSON.stringify({ DOPPLER_PROJECT: "shop", DOPPLER_CONFIG: "prd", A: "one" }),
    values: { A: "one" },
    leftOut: ["DOPPLER_PROJECT", "DOPPLER_CONFIG"],
  },
  {
    format: "doppler",
    text: JSON.stringify({ A: { computed: "one", raw: "B", note: "" }, B: { computed: "two" } }),
    values: { A: "one", B: "two" },
  },
  {
    format: "infisical",
    text: JSON.stringify([
      { key: "A", value: "one", workspace: "w", type: "shared" },
      { key: "E", value: "", workspace: "w", type: "shared" },
    ]),
    values: { A: "one" },
    leftOut: ["E"],
  },
  {
    format: "infisical",
    text: JSON.stringify({ secrets: [{ secretKey: "A", secretValue: "one", secretPath: "/web/db" }] }),
    values: { "web/db/A": "one" },
  },
  { format: "sops", text: "A: one\ndb:\n  B: two\n", values: { A: "one", "db/B": "two" }, isAmbiguous: true },
  {
    format: "aws",
    text: JSON.stringify({
      ARN: "arn:x",
      Name: "prod/db",
      SecretString: '{"user":"u"}',
      VersionStages: ["AWSCURRENT"],
    }),
    values: { "prod/db": '{"user":"u"}' },
  },
  {
    format: "aws",
    text: JSON.stringify({
      SecretValues: [
        { Name: "a", SecretString: "one" },
        { Name: "b", SecretBinary: Buffer.from([0xff]).toString("base64") },
      ],
      Errors: [{ SecretId: "c", ErrorCode: "AccessDenied" }],
    }),
    values: { a: "one", b: Uint8Array.of(0xff) },
    leftOut: ["c"],
  },
  {
    format: "aws",
    text: JSON.stringify({ Parameters: [{ Name: "/prod/web/A", Type: "SecureString", Value: "one" }] }),
    values: { "prod/web/A": "one" },
  },
  {
    format: "gcp",
    text: JSON.stringify({ name: "projects/1/secrets/API_KEY/versions/2", payload: { data: base64("one?>") } }),
    values: { API_KEY: "one?>" },
  },
  {
    format: "1password",
    text: JSON.stringify({
      id: "x",
      title: "My Database",
      vault: { id: "v" },
      fields: [
        { id: "username", type: "STRING", label: "username", value: "app" },
        { id: "password", type: "CONCEALED", label: "password", value: "p" },
        { id: "o", type: "OTP", label: "one-time", value: "otpauth://x" },
        { id: "n", type: "STRING", purpose: "NOTES", label: "notesPlain" },
        { id: "s", type: "CONCEALED", label: "key", section: { id: "q", label: "API" }, value: "k" },
      ],
      files: [{ name: "cert.p12" }],
    }),
    values: { "My_Database/username": "app", "My_Database/password": "p", "My_Database/API/key": "k" },
    leftOut: ["My_Database/one-time", "cert.p12"],
  },
];

describe.each(samples.map((sample) => [sample.format, sample] as const))("%s", (format, sample) => {
  const { text, values, leftOut = [], isAmbiguous } = sample;
  test("gives names and values, and says what is left out", () => {
    const found = readImport("file", text, format);
    expect(Object.fromEntries(found.values.map(({ name, value }) => [name, value]))).toEqual(values);
    expect(found.leftOut.map(({ name }) => name)).toEqual(leftOut);
  });
  if (isAmbiguous !== true) {
    test("is recognised", () => expect(readImport("file", text, undefined).format).toBe(format));
  }
});

describe("values with the tag !!binary", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const valuesOf = (text: string, format?: ImportFormat) =>
    Object.fromEntries(readImport("file", text, format).values.map(({ name, value }) => [name, value]));

  test.each(["yaml", "sops", undefined] as const)("are bytes with --from %s", (format) => {
    const text =
      "CERT: !!binary AP8B\ndb:\n  KEY: !!binary |\n    /v8A\n    AQ==\n  TEXT: !!binary aGk=\n  PLAIN: AP8B\n";
    expect(valuesOf(text, format)).toEqual({
      CERT: bytes(0, 255, 1),
      "db/KEY": bytes(254, 255, 0, 1),
      "db/TEXT": bytes(104, 105),
      "db/PLAIN": "AP8B",
    });
  });

  test("are left out with the reason when they are not base64, too long, or empty", () => {
    const large = Buffer.alloc(limits.valueBytes + 1).toString("base64");
    const text = `BAD: !!binary "can%ary"\nLARGE: !!binary ${large}\nEMPTY: !!binary ""\nGOOD: !!binary AA==\n`;
    const { values, leftOut } = readImport("file", text, "yaml");
    expect(values).toEqual([{ name: "GOOD", value: bytes(0) }]);
    expect(leftOut).toEqual([
      { name: "BAD", why: "is !!binary, and not base64" },
      { name: "LARGE", why: "has 65537 bytes, and a value has at most 65536" },
      { name: "EMPTY", why: "has an empty value" },
    ]);
  });

  test("other tags, and tags in files of other tools, stay errors", () => {
    const manifest = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {A: !!binary AP8B}\n";
    for (const [text, format] of [
      ["A: !!int 1\n", "yaml"],
      ["A: !binary AP8B\n", "yaml"],
      [manifest, "kubernetes"],
      [manifest, undefined],
    ] as const) {
      expect(() => readImport("file", text, format), text).toThrow("tags (!) are not supported");
    }
  });
});

test("every format has a sample", () => {
  expect(new Set(samples.map(({ format }) => format))).toEqual(new Set(importFormats));
});

test("what has no sense is refused, without quoting it", () => {
  const canary = "canary-9a1c";
  for (const [text, problem] of [
    [`A: ${canary}\nA: x\n`, "duplicate field"],
    [`{"A": "${canary}"`, "file:1"],
    [`sops: {mac: x}\nA: ENC[${canary}]\n`, "is encrypted"],
    [`- key: A\n  value: ${canary}\n`, "format of `oo`"],
    ["", "is empty"],
  ] as const) {
    expect(() => readImport("file", text, undefined)).toThrow(problem);
    expect(() => readImport("file", text, undefined)).not.toThrow(canary);
  }
  const large = readImport("file", JSON.stringify({ A: "x".repeat(limits.valueBytes + 1), B: "y" }), undefined);
  expect(large.leftOut).toEqual([{ name: "A", why: "has 65537 bytes, and a value has at most 65536" }]);
  expect(large.values).toHaveLength(1);
});
