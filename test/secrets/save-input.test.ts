import { describe, expect, test } from "vitest";
import { type Failure, SecretError } from "../../src/error.ts";
import { checkSaveInputs, type RemovalInput, type SaveInput } from "../../src/secrets/save-input.ts";
import { aSaveInput } from "../support/secrets/save-inputs.ts";
import { aLists } from "../support/store/rows.ts";

const input = (more: Partial<SaveInput> = {}) => aSaveInput("alice/A", { value: "canary-value", ...more });

async function failuresOf(
  secrets: readonly SaveInput[],
  removals: readonly RemovalInput[] = [],
): Promise<readonly Failure[]> {
  try {
    await checkSaveInputs(secrets, removals, false);
  } catch (error) {
    if (error instanceof SecretError) return error.failures;
    throw error;
  }
  return [];
}

const only = async (more: Partial<SaveInput>) => (await checkSaveInputs([input(more)], [], false))[0];
const lists = (more: Partial<SaveInput["lists"]>) => ({ lists: aLists(more) });
const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at}`);
const pairs = (count: number) => Array.from({ length: count }, (_, at) => [`n${at}`, "x"] as const);

describe("one secret to save", () => {
  test("keeps what is given and leaves out what is not", async () => {
    expect(await only({})).toEqual({
      index: 0,
      key: "alice/A",
      id: undefined,
      wantedId: undefined,
      value: "canary-value",
      checksum: undefined,
      lists: {},
      metadata: undefined,
      owner: undefined,
      ifVersion: undefined,
    });
    expect(await only({ value: undefined, ifVersion: 0, owner: "bob" })).toMatchObject({ ifVersion: 0, owner: "bob" });
  });

  test("is named by a key, an id, or an id that is a key", async () => {
    expect(await only({ id: "secr_a" })).toMatchObject({ key: "alice/A", id: undefined, wantedId: "secr_a" });
    expect(await only({ key: "", id: "secr_a" })).toMatchObject({ key: undefined, id: "secr_a", wantedId: undefined });
    expect(await only({ key: "", id: "DATABASE_URL" })).toMatchObject({ key: "DATABASE_URL", id: undefined });
  });

  test("lists and metadata are sorted sets; clear empties", async () => {
    expect((await only(lists({ readers: ["b", "a", "b"] })))?.lists).toEqual({ readers: ["a", "b"] });
    const metadata = [
      ["b", "1"],
      ["__proto__", "2"],
      ["a", "3"],
    ] as const;
    expect((await only({ metadata }))?.metadata).toEqual([
      ["__proto__", "2"],
      ["a", "3"],
      ["b", "1"],
    ]);
    expect(await only({ clear: ["readers", "metadata"] })).toMatchObject({ lists: { readers: [] }, metadata: [] });
  });

  test("threat 25, 26: a checksum is stored with its algorithm", async () => {
    expect((await only({ checksum: "6eec9b9f" }))?.checksum).toEqual({ algorithm: "CRC32", digest: "6eec9b9f" });
    expect((await only({ checksum: "00", checksumAlgorithm: "SHA-256" }))?.checksum?.algorithm).toBe("SHA-256");
  });

  test.each<[string, Partial<SaveInput>, Partial<Failure>]>([
    ["no name", { key: "" }, { field: "secrets[0].key" }],
    ["threat 63: a malformed key", { key: "../A" }, { field: "secrets[0].key" }],
    ["threat 63: a malformed key in id", { key: "", id: "a\0" }, { field: "secrets[0].id" }],
    ["a malformed id next to a key", { id: "a/b" }, { field: "secrets[0].id" }],
    ["threat 64: a malformed owner", { owner: "аlice" }, { field: "secrets[0].owner" }],
    ["threat 64: a malformed entry", lists({ readers: ["bob", "Bob"] }), { field: "secrets[0].readers[1]" }],
    ["an empty value", { value: "" }, { field: "secrets[0].value" }],
    [
      "threat 62: a lone surrogate",
      { value: "canary\ud800" },
      { field: "secrets[0].value", message: expect.stringMatching(/surrogate/) },
    ],
    [
      "a value over 64 KiB",
      { value: "é".repeat(32_769) },
      { reason: "LIMIT_EXCEEDED", field: "secrets[0].value", limit: 65_536, actual: 65_538 },
    ],
    [
      "threat 2: a sealed value that is not said to be one",
      { value: "seal.v1.canary" },
      { field: "secrets[0].value", message: expect.stringMatching(/encrypted/) },
    ],
    ["threat 2, 15: encrypted garbage", { encrypted: true, value: "canary" }, { reason: "NOT_A_SEALED_VALUE" }],
    ["threat 2: a rest envelope", { encrypted: true, value: "AQ".repeat(50) }, { reason: "NOT_A_SEALED_VALUE" }],
    [
      "threat 25: an unknown algorithm",
      { checksum: "00", checksumAlgorithm: "MD5" },
      { field: "secrets[0].checksumAlgorithm" },
    ],
    ["a checksum without a value", { value: undefined, checksum: "00" }, { field: "secrets[0].checksum" }],
    [
      "too many readers",
      lists({ readers: names(101) }),
      { reason: "LIMIT_EXCEEDED", field: "secrets[0].readers", limit: 100, actual: 101 },
    ],
    ["an unknown name in clear", { clear: ["reader"] }, { field: "secrets[0].clear" }],
    ["clearing the value", { clear: ["value"] }, { field: "secrets[0].clear" }],
    [
      "a list both ways",
      { ...lists({ readers: ["bob"] }), clear: ["readers"] },
      { reason: "CONFLICTING_FIELDS", field: "secrets[0].readers" },
    ],
    [
      "metadata both ways",
      { metadata: [["a", "b"]], clear: ["metadata"] },
      { reason: "CONFLICTING_FIELDS", field: "secrets[0].metadata" },
    ],
    ["too many pairs", { metadata: pairs(65) }, { reason: "LIMIT_EXCEEDED", limit: 64, actual: 65 }],
    ["a metadata entry without a name", { metadata: [["", "x"]] }, { field: "secrets[0].metadata" }],
    ["a long name", { metadata: [["n".repeat(129), "x"]] }, { reason: "LIMIT_EXCEEDED", limit: 128, actual: 129 }],
    ["a long text", { metadata: [["n", "x".repeat(513)]] }, { reason: "LIMIT_EXCEEDED", limit: 512, actual: 513 }],
    [
      "metadata that is long in all",
      { metadata: pairs(40).map(([name]) => [name, "x".repeat(500)]) },
      { reason: "LIMIT_EXCEEDED", limit: 16_384 },
    ],
    ["threat 62: a surrogate in metadata", { metadata: [["n", "\udc00"]] }, { field: "secrets[0].metadata" }],
    ["a malformed expiry", { metadata: [["expires", "tomorrow"]] }, { field: "secrets[0].metadata.expires" }],
    [
      "a malformed interval",
      { metadata: [["rotation_interval", "soon"]] },
      { field: "secrets[0].metadata.rotation_interval" },
    ],
  ])("%s is refused, by field and rule", async (_name, more, failure) => {
    const failures = await failuresOf([input(more)]);
    expect(failures).toMatchObject([{ reason: "INVALID_FIELD", ...failure }]);
    expect(JSON.stringify(failures)).not.toContain("canary");
  });

  test("threat 57, 58: names that are special elsewhere are names like any other", async () => {
    const metadata = ["$where", "__proto__", "a.b", "constructor", "hasOwnProperty"].map(
      (name) => [name, "x"] as const,
    );
    expect((await only({ metadata }))?.metadata).toEqual(metadata);
  });

  test("what fits exactly is taken", async () => {
    expect(await failuresOf([input({ value: "é".repeat(32_768) })])).toEqual([]);
    expect(await failuresOf([input(lists({ readers: names(100) }))])).toEqual([]);
    expect(await failuresOf([input({ metadata: pairs(64) })])).toEqual([]);
    expect(await failuresOf([input({ metadata: [["n".repeat(128), "x".repeat(512)]] })])).toEqual([]);
  });
});

describe("a batch", () => {
  test("must not be empty", async () => {
    expect(await failuresOf([])).toMatchObject([{ reason: "INVALID_FIELD", field: "secrets" }]);
  });

  test("has 1,000 items at most, removals included", async () => {
    const secrets = Array.from({ length: 999 }, (_, at) => input({ key: `k${at}` }));
    const removals = [
      { key: "r0", ifVersion: undefined },
      { key: "r1", ifVersion: undefined },
    ];
    expect(await failuresOf(secrets, removals.slice(1))).toEqual([]);
    expect(await failuresOf(secrets, removals)).toMatchObject([
      { reason: "LIMIT_EXCEEDED", limit: 1_000, actual: 1_001 },
    ]);
  });

  test("reports every failing item", async () => {
    const failures = await failuresOf([input({ key: "a//b" }), input({ key: "ok" }), input({ key: "c", value: "" })]);
    expect(failures).toMatchObject([
      { index: 0, field: "secrets[0].key" },
      { index: 2, field: "secrets[2].value", key: "c" },
    ]);
  });

  test.each<[string, SaveInput[], RemovalInput[]]>([
    ["the same key twice", [input({ key: "a" }), input({ key: "a" })], []],
    ["the same id twice", [input({ key: "", id: "secr_a" }), input({ key: "", id: "secr_a" })], []],
    ["a key given once as id", [input({ key: "a" }), input({ key: "", id: "a" })], []],
    ["saved and removed", [input({ key: "a" })], [{ key: "a", ifVersion: undefined }]],
  ])("threat 14: %s is refused", async (_name, secrets, removals) => {
    expect(await failuresOf(secrets, removals)).toMatchObject([{ reason: "DUPLICATE_ITEM" }]);
  });

  test("threat 14: removed twice is refused, and so is a key that differs by its slashes; case makes another key", async () => {
    const removals = [
      { key: "a", ifVersion: undefined },
      { key: "a", ifVersion: undefined },
    ];
    expect(await failuresOf([], removals)).toMatchObject([{ reason: "DUPLICATE_ITEM", field: "remove[1].key" }]);
    expect(await failuresOf([input({ key: "a/b" }), input({ key: "a//b" })])).toMatchObject([
      { reason: "INVALID_FIELD" },
    ]);
    expect(await failuresOf([input({ key: "a" }), input({ key: "A" })])).toEqual([]);
  });

  test("a malformed removal is named", async () => {
    expect(await failuresOf([], [{ key: "a b", ifVersion: undefined }])).toMatchObject([{ field: "remove[0].key" }]);
  });
});
