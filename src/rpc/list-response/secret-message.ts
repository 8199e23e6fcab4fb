import { create } from "@bufbuild/protobuf";
import {
  type Folder,
  FolderSchema,
  type ListSecretsResponse,
  type Secret,
  type SecretError,
  SecretErrorSchema,
  SecretState,
} from "../../../gen/secret/v1/secret_service_pb.ts";
import { toWireReason } from "../../http/call/error.ts";
import { type OwnEncoding, ownBinary, ownJson } from "../../http/call/own-encoding.ts";
import type { ShownSecret } from "../../secrets/list-collection.ts";
import type { ListAnswer } from "../../secrets/list-secrets.ts";
import type { SecretName } from "../../store/secret-store.ts";
import { forAccessLists } from "../../text/access-list-names.ts";
import { toTimestamp } from "../wire/timestamp.ts";
import { wireStates } from "../wire/wire-state.ts";
import { listBinary } from "./list-binary.ts";
import { listJson } from "./list-json.ts";

// Messages are object literals, whose fields the compiler checks: `create` would take as long as finding the secret.

export function toListResponse(answer: ListAnswer): ListSecretsResponse & OwnEncoding {
  return new LazyListResponse(answer);
}

/**
 * Creates its secrets only if a protocol cannot use its own encodings. It is a class because each object literal with a
 * getter has its own shape, which slows down all code that reads it and keeps the response in memory for a long time.
 *
 * With 16 callers and gRPC 1.3 times as many pages of 100 and 1.7 times as many lists of 500 names for the same
 * processor time, with JSON 1.9 and 2.5 times as many; reads of one secret 1.1 times as many with JSON, and no more
 * with gRPC (`npm run bench:parts -- --only list-response`). A new field of a secret needs a line in each encoder and
 * here; `test/rpc/list-encoding.test.ts` compares them with those of protobuf.
 */
class LazyListResponse implements ListSecretsResponse, OwnEncoding {
  readonly $typeName = "secret.v1.ListSecretsResponse";
  readonly missingKeys: string[];
  readonly missingIds: string[];
  readonly errors: SecretError[];
  readonly nextPageToken: string;
  readonly folders: Folder[];
  readonly #answer: ListAnswer;
  #secrets: Secret[] | undefined;

  constructor(answer: ListAnswer) {
    this.#answer = answer;
    this.missingKeys = [...answer.missingKeys];
    this.missingIds = [...answer.missingIds];
    this.errors = answer.errors.map(({ key, reason }) =>
      create(SecretErrorSchema, { key, reason: toWireReason(reason) }),
    );
    this.nextPageToken = answer.nextPageToken;
    this.folders = answer.folders.map((folder) => create(FolderSchema, folder));
  }

  get secrets(): Secret[] {
    const { view, names, secrets } = this.#answer;
    this.#secrets ??= view === "keys" ? names.map(toWireName) : secrets.map(toWireDocument);
    return this.#secrets;
  }

  [ownJson](): string {
    return listJson(this.#answer);
  }

  [ownBinary](): Uint8Array {
    return listBinary(this.#answer);
  }
}

function toWireName({ id, key }: SecretName): Secret {
  return {
    $typeName: "secret.v1.Secret",
    id,
    key,
    encrypted: false,
    ...forAccessLists(() => []),
    metadata: {},
    version: 0,
    owner: "",
    createdBy: "",
    updatedBy: "",
    state: SecretState.UNSPECIFIED,
    rights: [],
  };
}

export function toWireDocument({ secret, value, state, expireAtMs, rights }: ShownSecret): Secret {
  const { lists } = secret;
  const message: Secret = {
    $typeName: "secret.v1.Secret",
    id: secret.id,
    key: secret.key,
    encrypted: false,
    ...forAccessLists((name) => [...lists[name]]),
    metadata: {},
    version: secret.version,
    owner: secret.owner,
    createdAt: toTimestamp(secret.createdAtMs),
    createdBy: secret.createdBy,
    updatedAt: toTimestamp(secret.updatedAtMs),
    updatedBy: secret.updatedBy,
    valueChangedAt: toTimestamp(secret.valueChangedAtMs),
    state: wireStates[state],
    rights: [...rights],
  };
  if (typeof value === "string") message.value = value;
  else if (value !== undefined) message.valueBytes = new Uint8Array(value);
  if (expireAtMs !== undefined) message.expireAt = toTimestamp(expireAtMs);
  for (const [name, text] of secret.metadata) setOwn(message.metadata, name, text);
  return message;
}

/** A name such as `__proto__` must become a property like any other. */
function setOwn(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}
