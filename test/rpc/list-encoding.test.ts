import {
  create,
  type DescMessage,
  fromBinary,
  fromJsonString,
  type Message,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { expect, it } from "vitest";
import { ListSecretsResponseSchema, SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { ownBinaryOf, ownJsonOf } from "../../src/http/call/own-encoding.ts";
import { toListResponse } from "../../src/rpc/list-response/secret-message.ts";
import type { ShownSecret } from "../../src/secrets/list-collection.ts";
import type { ListAnswer } from "../../src/secrets/list-secrets.ts";
import { aLists, aSecret } from "../support/store/rows.ts";

const empty: ListAnswer = {
  view: "full",
  secrets: [],
  names: [],
  missingKeys: [],
  missingIds: [],
  errors: [],
  nextPageToken: "",
  folders: [],
};

function aShown(fields: Parameters<typeof aSecret>[1], shown: Partial<ShownSecret> = {}): ShownSecret {
  return {
    secret: aSecret("alice/KEY", fields),
    value: "a value",
    state: "active",
    expireAtMs: undefined,
    rights: [],
    ...shown,
  };
}

const second = Date.UTC(2026, 10, 24, 12, 0, 1);
const times = [0, 1, second, second + 7, second + 120, 253_402_300_799_999, Number.MAX_SAFE_INTEGER];

const shown: readonly ShownSecret[] = [
  aShown({}),
  aShown({ lists: aLists({ readers: ["a", "b"], canChangeDeleters: ["c"] }) }),
  aShown({ metadata: [] }, { value: undefined, state: "rotation-due" }),
  aShown({}, { state: "expired", expireAtMs: Date.UTC(1969, 11, 31, 23, 59, 59, 999) }),
  aShown(
    {
      metadata: [
        ["__proto__", "x"],
        ["1", "2"],
        ["toString", ""],
      ],
    },
    { state: "expired" },
  ),
  aShown({ metadata: [["expires", "2099-12-31"]] }, { state: "expiring", expireAtMs: Date.UTC(2100, 0) }),
  aShown({ owner: "", version: 2 ** 32 - 1 }, { value: 'quotes " \\ \n\u2028 \u{1f511} </script>' }),
  aShown({}, { rights: ["read", "write", "change-readers"] }),
  ...times.map((ms) => aShown({ createdAtMs: ms, updatedAtMs: ms, valueChangedAtMs: ms })),
];

const answers: readonly ListAnswer[] = [
  empty,
  { ...empty, secrets: shown },
  { ...empty, view: "metadata", secrets: shown.map((each) => ({ ...each, value: undefined })), nextPageToken: "abc" },
  {
    ...empty,
    folders: [
      { path: "", secrets: 0, expiring: 0, expired: 0, rotationDue: 0, more: false },
      { path: "prod/x", secrets: 1000, expiring: 7, expired: 1000, rotationDue: 12, more: true },
    ],
    missingKeys: ["A"],
    missingIds: ["secr_a"],
    errors: [
      { key: "B", reason: "INTEGRITY" },
      { key: "C", reason: "STORE_UNAVAILABLE" },
    ],
  },
];

it("the JSON that a list writes itself is that of its message, defaults spelled out", () => {
  for (const answer of answers) {
    const response = toListResponse(answer);
    const general = toJson(ListSecretsResponseSchema, response, { alwaysEmitImplicit: true });
    const own = ownJsonOf(response) ?? "";
    expect(JSON.parse(own)).toEqual(JSON.parse(JSON.stringify(general)));
    const message = create(ListSecretsResponseSchema, { ...response, secrets: response.secrets });
    expect(fromJsonString(ListSecretsResponseSchema, own)).toEqual(message);
  }
});

it("a bare name comes without lists, neither in JSON nor in the message", () => {
  const names = [{ key: "alice/KEY", id: "secr_a" }];
  const response = toListResponse({ ...empty, view: "keys", names });
  expect(JSON.parse(ownJsonOf(response) ?? "")).toEqual({
    secrets: [{ id: "secr_a", key: "alice/KEY" }],
    missingKeys: [],
    missingIds: [],
    errors: [],
    nextPageToken: "",
    folders: [],
  });
  expect(fromJsonString(ListSecretsResponseSchema, ownJsonOf(response) ?? "")).toEqual(
    create(ListSecretsResponseSchema, { secrets: names }),
  );
  expect(fromBinary(ListSecretsResponseSchema, ownBytesOf(response)).secrets).toEqual(response.secrets);
  expect(response.secrets).toEqual(create(ListSecretsResponseSchema, { secrets: names }).secrets);
});

it("the bytes that a list writes itself say what its message says", () => {
  for (const answer of answers) {
    const response = toListResponse(answer);
    const message = create(ListSecretsResponseSchema, { ...response, secrets: response.secrets });
    expect(fromBinary(ListSecretsResponseSchema, ownBytesOf(response))).toEqual(message);
  }
});

it("the bytes are those of the general encoding, no field left out", () => {
  const secret = aSecret("alice/KEY", { lists: fullLists, metadata: [["note", "größer"]], removed: false });
  const answer: ListAnswer = {
    ...empty,
    secrets: [{ secret, value: "a value", state: "expiring", expireAtMs: second + 7, rights: ["read", "delete"] }],
    missingKeys: ["A", "B"],
    missingIds: ["secr_a"],
    errors: [{ key: "C", reason: "INTEGRITY" }],
    nextPageToken: "token",
    folders: [{ path: "a/b", secrets: 1001, expiring: 1, expired: 2, rotationDue: 3, more: true }],
  };
  const response = toListResponse(answer);
  const bytes = ownBytesOf(response);
  expect(Buffer.from(bytes).equals(toBinary(ListSecretsResponseSchema, response))).toBe(true);
  const message = fromBinary(ListSecretsResponseSchema, bytes);
  expect(unsetFields(ListSecretsResponseSchema, message)).toEqual([]);
  // What is stored sealed is never returned sealed.
  expect(message.secrets.map((each) => unsetFields(SecretSchema, each))).toEqual([["encrypted", "valueBytes"]]);
});

it("a value that is bytes takes the place of the text", () => {
  const value = Buffer.of(0, 0xff, 0x80);
  const response = toListResponse({ ...empty, secrets: [aShown({}, { value })] });
  expect(Buffer.from(ownBytesOf(response)).equals(toBinary(ListSecretsResponseSchema, response))).toBe(true);
  const [secret] = fromBinary(ListSecretsResponseSchema, ownBytesOf(response)).secrets;
  expect(secret?.value).toBeUndefined();
  expect(Buffer.from(secret?.valueBytes ?? [])).toEqual(value);
  expect(JSON.parse(ownJsonOf(response) ?? "").secrets[0]).toMatchObject({ valueBytes: "AP+A" });
});

it("an answer that cannot be written leaves nothing in the next one", () => {
  const response = toListResponse({ ...empty, secrets: [aShown({ version: 2 ** 32 }, { value: "left behind" })] });
  expect(() => ownBytesOf(response)).toThrow();
  expect(ownBytesOf(toListResponse(empty))).toEqual(new Uint8Array());
});

it("other messages do not write themselves", () => {
  for (const value of [undefined, null, "text", {}, create(ListSecretsResponseSchema)]) {
    expect(ownJsonOf(value)).toBeUndefined();
    expect(ownBinaryOf(value)).toBeUndefined();
  }
});

const fullLists = aLists({
  readers: ["r"],
  writers: ["w"],
  deleters: ["d"],
  canChangeReaders: ["cr"],
  canChangeWriters: ["cw"],
  canChangeDeleters: ["cd"],
});

function ownBytesOf(value: unknown): Uint8Array {
  const bytes = ownBinaryOf(value);
  if (bytes === undefined) throw new Error("the message does not write itself");
  return bytes;
}

function unsetFields(schema: DescMessage, message: Message): readonly string[] {
  const reflected = reflect(schema, message);
  return schema.fields.filter((field) => !reflected.isSet(field)).map(({ localName }) => localName);
}
