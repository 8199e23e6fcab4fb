import { create } from "@bufbuild/protobuf";
import {
  type ListSecretsResponse,
  type Secret,
  SecretErrorSchema,
  SecretState,
} from "../../gen/secret/v1/secret_service_pb.ts";
import type { ShownSecret } from "../secrets/list-collection.ts";
import type { ListAnswer } from "../secrets/list-secrets.ts";
import type { SecretName } from "../store/store.ts";
import { toWireReason } from "./error.ts";
import { listJson } from "./list-json.ts";
import { withOwnJson } from "./own-json.ts";
import { toTimestamp } from "./timestamp.ts";
import { wireStates } from "./wire-state.ts";

// Messages are literals, which the compiler checks field by field: `create` takes as long as finding the secret.

/** An answer to ListSecrets as a message, whose secrets are only made when it is not JSON that is wanted. */
export function toListResponse(answer: ListAnswer): ListSecretsResponse {
  const { missingKeys, missingIds, errors, nextPageToken } = answer;
  let secrets: Secret[] | undefined;
  const response: ListSecretsResponse = {
    $typeName: "secret.v1.ListSecretsResponse",
    get secrets() {
      secrets ??= answer.view === "keys" ? answer.names.map(toWireName) : answer.secrets.map(toWireDocument);
      return secrets;
    },
    missingKeys: [...missingKeys],
    missingIds: [...missingIds],
    errors: errors.map(({ key, reason }) => create(SecretErrorSchema, { key, reason: toWireReason(reason) })),
    nextPageToken,
  };
  return withOwnJson(response, () => listJson(answer));
}

function toWireName({ id, key }: SecretName): Secret {
  return {
    $typeName: "secret.v1.Secret",
    id,
    key,
    encrypted: false,
    readers: [],
    writers: [],
    deleters: [],
    canChangeReaders: [],
    canChangeWriters: [],
    canChangeDeleters: [],
    metadata: {},
    version: 0,
    owner: "",
    createdBy: "",
    updatedBy: "",
    state: SecretState.UNSPECIFIED,
  };
}

/** A secret as a message. */
export function toWireDocument({ secret, value, state, expireAtMs }: ShownSecret): Secret {
  const { lists } = secret;
  const message: Secret = {
    $typeName: "secret.v1.Secret",
    id: secret.id,
    key: secret.key,
    encrypted: false,
    readers: [...lists.readers],
    writers: [...lists.writers],
    deleters: [...lists.deleters],
    canChangeReaders: [...lists.canChangeReaders],
    canChangeWriters: [...lists.canChangeWriters],
    canChangeDeleters: [...lists.canChangeDeleters],
    metadata: {},
    version: secret.version,
    owner: secret.owner,
    createdAt: toTimestamp(secret.createdAtMs),
    createdBy: secret.createdBy,
    updatedAt: toTimestamp(secret.updatedAtMs),
    updatedBy: secret.updatedBy,
    valueChangedAt: toTimestamp(secret.valueChangedAtMs),
    state: wireStates[state],
  };
  if (value !== undefined) message.value = value;
  if (expireAtMs !== undefined) message.expireAt = toTimestamp(expireAtMs);
  for (const [name, text] of secret.metadata) setOwn(message.metadata, name, text);
  return message;
}

/** A name such as `__proto__` must become a property like any other. */
function setOwn(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}
