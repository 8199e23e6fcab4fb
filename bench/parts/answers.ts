import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { ListSecretsResponseSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { listBinary } from "../../src/rpc/list-response/list-binary.ts";
import { listJson } from "../../src/rpc/list-response/list-json.ts";
import { toListResponse } from "../../src/rpc/list-response/secret-message.ts";
import type { ListAnswer } from "../../src/secrets/list-secrets.ts";
import { aLists, aSecret } from "../../test/support/store/rows.ts";
import {
  listedMetadata,
  listedName,
  listedNamespace,
  listedSecrets,
  pageSize,
  secretKey,
  secretValue,
} from "../secret.ts";
import { inProcess, type Part, times } from "./part.ts";

const startMs = Date.UTC(2026, 0);

function shown(key: string, savedAtMs: number) {
  const secret = aSecret(key, {
    lists: aLists({ readers: ["bench-team"], writers: ["bench-team"] }),
    metadata: Object.entries(listedMetadata),
    createdAtMs: savedAtMs,
    updatedAtMs: savedAtMs,
    valueChangedAtMs: savedAtMs,
  });
  return { secret, value: secretValue, state: "active" as const, expireAtMs: undefined, rights };
}

const rights = ["read", "write"] as const;
const keyOf = (at: number) => `${listedNamespace}/${listedName(at)}`;
const empty = { secrets: [], names: [], missingKeys: [], missingIds: [], errors: [], nextPageToken: "", folders: [] };

export const oneSecret: ListAnswer = { ...empty, view: "full", secrets: [shown(secretKey, startMs)] };

/** Ten secrets at a time were saved together. */
export const page: ListAnswer = {
  ...empty,
  view: "metadata",
  secrets: Array.from({ length: pageSize }, (_, at) => ({
    ...shown(keyOf(at), startMs + Math.floor(at / 10) * 1_234_567),
    value: undefined,
  })),
};

const names: ListAnswer = {
  ...empty,
  view: "keys",
  names: Array.from({ length: listedSecrets }, (_, at) => ({ key: keyOf(at), id: aSecret(keyOf(at)).id })),
};

/** The encoders of lists, next to those of protobuf for any message. */
export const answerParts: readonly Part[] = [
  {
    name: "list-binary",
    compare: (measure) =>
      eachAnswer((what, answer) =>
        measure({
          what: `the bytes of ${what}`,
          with: inProcess(times(10, () => listBinary(answer))),
          without: inProcess(times(10, () => toBinary(ListSecretsResponseSchema, toMessage(answer)))),
        }),
      ),
  },
  {
    name: "list-json",
    compare: (measure) =>
      eachAnswer((what, answer) =>
        measure({
          what: `the JSON of ${what}`,
          with: inProcess(times(10, () => listJson(answer))),
          without: inProcess(
            times(10, () => toJsonString(ListSecretsResponseSchema, toMessage(answer), { alwaysEmitImplicit: true })),
          ),
        }),
      ),
  },
];

async function eachAnswer(compare: (what: string, answer: ListAnswer) => Promise<void>): Promise<void> {
  await compare("one secret", oneSecret);
  await compare(`${pageSize} secrets`, page);
  await compare(`${listedSecrets} names`, names);
}

function toMessage(answer: ListAnswer) {
  const { secrets, missingKeys, missingIds, errors, nextPageToken } = toListResponse(answer);
  return create(ListSecretsResponseSchema, { secrets, missingKeys, missingIds, errors, nextPageToken });
}
