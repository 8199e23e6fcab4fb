import { create, fromJsonString, toJson } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { ListSecretsResponseSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { ownJsonOf } from "../../src/rpc/own-json.ts";
import { toListResponse } from "../../src/rpc/secret-message.ts";
import type { ShownSecret } from "../../src/secrets/list-collection.ts";
import type { ListAnswer } from "../../src/secrets/list-secrets.ts";
import { aLists, aSecret } from "../store/rows.ts";

const empty: ListAnswer = {
  view: "full",
  secrets: [],
  names: [],
  missingKeys: [],
  missingIds: [],
  errors: [],
  nextPageToken: "",
};

function aShown(fields: Parameters<typeof aSecret>[1], shown: Partial<ShownSecret> = {}): ShownSecret {
  return { secret: aSecret("alice/KEY", fields), value: "a value", state: "active", expireAtMs: undefined, ...shown };
}

const second = Date.UTC(2026, 10, 24, 12, 0, 1);
const times = [0, 1, second, second + 7, second + 120, 253_402_300_799_999, Number.MAX_SAFE_INTEGER];

const shown: readonly ShownSecret[] = [
  aShown({}),
  aShown({ lists: aLists({ readers: ["a", "b"], canChangeDeleters: ["c"] }) }),
  aShown({ metadata: [] }, { value: undefined, state: "rotation-due" }),
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
  ...times.map((ms) => aShown({ createdAtMs: ms, updatedAtMs: ms, valueChangedAtMs: ms })),
];

const answers: readonly ListAnswer[] = [
  empty,
  { ...empty, secrets: shown },
  { ...empty, view: "metadata", secrets: shown.map((each) => ({ ...each, value: undefined })), nextPageToken: "abc" },
  {
    ...empty,
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

it("a bare name has no lists beside it, neither in JSON nor in the message", () => {
  const names = [{ key: "alice/KEY", id: "secr_a" }];
  const response = toListResponse({ ...empty, view: "keys", names });
  expect(JSON.parse(ownJsonOf(response) ?? "")).toEqual({
    secrets: [{ id: "secr_a", key: "alice/KEY" }],
    missingKeys: [],
    missingIds: [],
    errors: [],
    nextPageToken: "",
  });
  expect(fromJsonString(ListSecretsResponseSchema, ownJsonOf(response) ?? "")).toEqual(
    create(ListSecretsResponseSchema, { secrets: names }),
  );
  expect(response.secrets).toEqual(create(ListSecretsResponseSchema, { secrets: names }).secrets);
});

it("other messages write no JSON of their own", () => {
  for (const value of [undefined, null, "text", {}, create(ListSecretsResponseSchema)]) {
    expect(ownJsonOf(value)).toBeUndefined();
  }
});
