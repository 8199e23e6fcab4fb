import { expect, test } from "vitest";
import { lintSecret } from "../../src/cli/files/lint-rules.ts";
import { readSecretFile } from "../../src/cli/formats/secret-file.ts";
import { encodePlace, formatSealed, type SealedPlace } from "../../src/crypto/sealed-text.ts";
import { limits } from "../../src/limits.ts";

const kid = "0123456789abcdef";
const sealedFor = (place: Partial<SealedPlace>) =>
  formatSealed(
    kid,
    encodePlace({ tenant: "default", scope: "key", target: "app/A", ...place }),
    new Uint8Array(1137 + 5),
  );
const sealed = sealedFor({});
const anywhere = { tenant: undefined, kid: undefined };

/** The rules that a secret of a file breaks, and the first complaint. */
function lint(fields: object, { key = "app/A" as string | undefined, expected = anywhere as object } = {}) {
  const [secret] = readSecretFile("a.yaml", JSON.stringify([{ key: "app/A", ...fields }]));
  if (secret === undefined) throw new Error("the file holds no secret");
  return lintSecret(secret, key, expected as typeof anywhere);
}
const rulesOf = (...args: Parameters<typeof lint>) => lint(...args).map(({ rule }) => rule);

test("a secret with a sealed value breaks no rule", () => {
  expect(rulesOf({ value: sealed, encrypted: true, readers: ["a"], canChangeReaders: ["a"] })).toEqual([]);
  expect(rulesOf({ readers: ["a"] })).toEqual([]);
});

test.each<[string, object, string[]]>([
  ["an owner that is not a slug", { owner: "A B" }, ["structure"]],
  ["encrypted without a value", { encrypted: true }, ["structure"]],
  ["a checksum without a value", { checksum: "ab" }, ["structure"]],
  ["a plain value", { value: "x" }, ["plain-value"]],
  ["a copied line", { value: `value: ${sealed}`, encrypted: true }, ["value-prefix"]],
  ["a sealed value that is not marked", { value: sealed }, ["sealed-not-marked"]],
  ["a mark without a sealed value", { value: "x", encrypted: true }, ["sealed-format"]],
  ["a value for another key", { value: sealedFor({ target: "app/B" }), encrypted: true }, ["sealed-key"]],
  [
    "a value for a principal",
    { value: sealedFor({ scope: "principal", target: "ci" }), encrypted: true },
    ["sealed-key"],
  ],
  ["another checksum", { value: sealed, encrypted: true, checksum: "ab" }, ["checksum"]],
  ["an unknown checksum", { value: sealed, encrypted: true, checksumAlgorithm: "md0" }, ["structure"]],
  ["an empty list", { readers: [] }, ["empty-list"]],
  ["a long list", { writers: Array.from({ length: limits.listEntries + 1 }, (_, at) => `w${at}`) }, ["limit"]],
  [
    "a full list, with a repeat",
    { writers: ["w0", ...Array.from({ length: limits.listEntries }, (_, at) => `w${at}`)] },
    [],
  ],
  [
    "who may change readers and not read",
    { readers: ["a"], canChangeReaders: ["a", "b", "c"] },
    ["changer-cannot-read", "changer-cannot-read"],
  ],
  ["changers of readers that are not named", { canChangeReaders: ["a"] }, []],
  ["a malformed date", { metadata: { expires: "soon" } }, ["expires"]],
  ["a malformed interval", { metadata: { rotation_interval: "1w" } }, ["rotation-interval"]],
  ["dates and intervals", { metadata: { expires: "2027-12-31", rotation_interval: "90d" } }, []],
  ["a name without characters", { metadata: { "": "x" } }, ["structure"]],
])("%s", (_what, fields, rules) => {
  expect(rulesOf(fields)).toEqual(rules);
});

test("what a value is sealed for and with is compared with what is expected", () => {
  const value = { value: sealed, encrypted: true };
  expect(rulesOf(value, { expected: { tenant: "default", kid } })).toEqual([]);
  expect(rulesOf(value, { expected: { tenant: "other", kid } })).toEqual(["sealed-tenant"]);
  expect(rulesOf(value, { expected: { tenant: undefined, kid: "f".repeat(16) } })).toEqual(["sealing-key"]);
  expect(rulesOf(value, { key: undefined })).toEqual([]);
});

test("metadata has limits for names, texts, pairs and all of it, in bytes", () => {
  const { metadataPairs, metadataNameBytes, metadataValueBytes, metadataBytes } = limits;
  const ofPairs = (count: number) => ({
    metadata: Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, "x"])),
  });
  expect(rulesOf(ofPairs(metadataPairs))).toEqual([]);
  expect(lint(ofPairs(metadataPairs + 1)).map(({ problem }) => problem)).toEqual([
    `the number of metadata pairs must be at most ${metadataPairs}, and is ${metadataPairs + 1}`,
  ]);
  expect(rulesOf({ metadata: { ["n".repeat(metadataNameBytes)]: "x".repeat(metadataValueBytes) } })).toEqual([]);
  expect(rulesOf({ metadata: { ["n".repeat(metadataNameBytes + 1)]: "x" } })).toEqual(["limit"]);
  expect(rulesOf({ metadata: { n: "x".repeat(metadataValueBytes + 1) } })).toEqual(["limit"]);
  const count = Math.floor(metadataBytes / metadataValueBytes);
  const full = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`${at}`.padStart(2, "0"), "x".repeat(metadataValueBytes - 2)]),
  );
  expect(rulesOf({ metadata: full })).toEqual([]);
  const rest = metadataBytes - count * metadataValueBytes;
  expect(rulesOf({ metadata: { ...full, n: "x".repeat(rest) } })).toEqual(["limit"]);
});
