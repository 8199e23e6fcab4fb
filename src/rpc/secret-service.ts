import { create } from "@bufbuild/protobuf";
import {
  type ListSecretsRequest,
  type ListSecretsResponse,
  type RemoveSecretsRequest,
  SaveOutcome,
  type SaveSecretsRequest,
  type Secret,
  SecretErrorSchema,
  type SecretInput,
  SecretSchema,
  type SecretService,
  SecretState,
  SecretView,
} from "../../gen/secret/v1/secret_service_pb.ts";
import { sealingSuite } from "../crypto/sealed-value.ts";
import { explainAccess } from "../identity/explain-access.ts";
import type { Context } from "../secrets/context.ts";
import { decryptValue } from "../secrets/decrypt-value.ts";
import { encryptValue } from "../secrets/encrypt-value.ts";
import { SecretError } from "../secrets/error.ts";
import type { RightExplanation } from "../secrets/explain.ts";
import { describeSecurity, type SecurityFacts } from "../secrets/is-secure.ts";
import type { ShownSecret, SecretView as View } from "../secrets/list-collection.ts";
import { listSecrets } from "../secrets/list-secrets.ts";
import type { OneOrSeveral } from "../secrets/one-or-several.ts";
import { removeSecrets } from "../secrets/remove-secrets.ts";
import type { SaveInput } from "../secrets/save-input.ts";
import { type SaveResult, saveSecrets } from "../secrets/save-secrets.ts";
import { expireAtOf, type SecretState as State } from "../secrets/state.ts";
import { toWireReason } from "./error.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { toTimestamp } from "./timestamp.ts";

/** SecretService between the contract and the domain: it translates, and decides nothing. */
export function createSecretService(
  context: Context,
  securityFacts: () => SecurityFacts,
): GuardedImpl<typeof SecretService, "getSealingKey"> {
  return {
    async listSecrets(request, call) {
      const answer = await listSecrets(context, call, {
        ...namesOf(request),
        namespace: request.namespace,
        keyPattern: request.keyPattern,
        state: fromWire(states, request.state, "state"),
        view: fromWire(views, request.view, "view"),
        pageSize: request.pageSize,
        pageToken: request.pageToken,
      });
      const response: ListSecretsResponse = {
        $typeName: "secret.v1.ListSecretsResponse",
        secrets: answer.secrets.map((shown) => toWireSecret(shown, answer.view)),
        missingKeys: [...answer.missingKeys],
        missingIds: [...answer.missingIds],
        errors: answer.errors.map(({ key, reason }) =>
          create(SecretErrorSchema, { key, reason: toWireReason(reason) }),
        ),
        nextPageToken: answer.nextPageToken,
      };
      return response;
    },
    async saveSecrets(request: SaveSecretsRequest, call) {
      const results = await saveSecrets(context, call, {
        secrets: request.secrets.map(fromSecretInput),
        remove: request.remove.map(({ key, ifVersion }) => ({ key, ifVersion })),
        validateOnly: request.validateOnly,
        idempotencyKey: request.idempotencyKey,
      });
      return { results: results.map(toWireResult) };
    },
    async removeSecrets(request, call) {
      const removed = await removeSecrets(context, call, {
        ...namesOf(request),
        idempotencyKey: request.idempotencyKey,
      });
      return { removed: removed.map((each) => ({ ...each })) };
    },
    async getSealingKey() {
      return { ...context.sealing.publicKey(), suite: sealingSuite };
    },
    async encryptValue({ value, values, key, checksumAlgorithm }, call) {
      const answer = await encryptValue(context, call, { value, values, key, checksumAlgorithm });
      return { ...answer, ...oneOrSeveral(answer), checksums: [...answer.checksums] };
    },
    async decryptValue({ value, values }, call) {
      return oneOrSeveral(await decryptValue(context, call, { value, values }));
    },
    async explainAccess({ key, principal, whoCan, pageSize, pageToken }, call) {
      const answer = await explainAccess(context, call, { key, principal, whoCan, pageSize, pageToken });
      return {
        key,
        principal: answer.principal,
        rights: answer.rights.map(toWireExplanation),
        holders: answer.holders.map(({ slug, explanation: { rule, entries } }) => ({
          slug,
          rule,
          entries: [...entries],
        })),
        listed: [...answer.listed],
        nextPageToken: answer.nextPageToken,
      };
    },
    async isSecure(_request, call) {
      return describeSecurity(securityFacts(), call.caller);
    },
  };
}

function namesOf({ keys, ids, key, id }: ListSecretsRequest | RemoveSecretsRequest) {
  return { keys, ids, key, id };
}

function toWireExplanation({ right, allowed, rule, list, entries, grant }: RightExplanation) {
  return { right, allowed, rule, list: list ?? "", entries: [...entries], grant: grant ?? "" };
}

/** Without the field that is not set, so that it is absent from JSON. */
function oneOrSeveral({ value, values }: OneOrSeveral) {
  return { ...(value === undefined ? {} : { value }), values: [...values] };
}

const views: Record<SecretView, View | undefined> = {
  [SecretView.UNSPECIFIED]: undefined,
  [SecretView.KEYS]: "keys",
  [SecretView.METADATA]: "metadata",
  [SecretView.FULL]: "full",
};

const states: Record<SecretState, State | undefined> = {
  [SecretState.UNSPECIFIED]: undefined,
  [SecretState.ACTIVE]: "active",
  [SecretState.EXPIRING]: "expiring",
  [SecretState.EXPIRED]: "expired",
  [SecretState.ROTATION_DUE]: "rotation-due",
};

const wireStates: Record<State, SecretState> = {
  active: SecretState.ACTIVE,
  expiring: SecretState.EXPIRING,
  expired: SecretState.EXPIRED,
  "rotation-due": SecretState.ROTATION_DUE,
};

const wireOutcomes: Record<SaveResult["outcome"], SaveOutcome> = {
  created: SaveOutcome.CREATED,
  updated: SaveOutcome.UPDATED,
  unchanged: SaveOutcome.UNCHANGED,
  removed: SaveOutcome.REMOVED,
  forbidden: SaveOutcome.FORBIDDEN,
};

/** Proto3 enums are open: a number that the contract does not have arrives as it is. */
function fromWire<Value>(table: Record<number, Value>, number: number, field: string): Value {
  if (!Object.hasOwn(table, number)) {
    throw new SecretError({ reason: "INVALID_FIELD", message: `${field} is not a value of its enum`, field });
  }
  return table[number] as Value;
}

function fromSecretInput(input: SecretInput): SaveInput {
  const { id, key, value, encrypted, checksum, checksumAlgorithm, clear, ifVersion, owner } = input;
  const { readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters } = input;
  const lists = { readers, writers, deleters, canChangeReaders, canChangeWriters, canChangeDeleters };
  const metadata = Object.entries(input.metadata);
  return { id, key, value, encrypted, checksum, checksumAlgorithm, lists, metadata, clear, ifVersion, owner };
}

function toWireSecret(shown: ShownSecret, view: View): Secret {
  return view === "keys" ? toWireNames(shown) : toWireDocument(shown);
}

function toWireNames({ secret }: ShownSecret): Secret {
  return create(SecretSchema, { id: secret.id, key: secret.key });
}

/** A literal, as the response is, which the compiler checks field by field: `create` takes as long as finding the secret. */
function toWireDocument({ secret, value, state }: ShownSecret): Secret {
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
  const expireAt = expireAtOf(secret.metadata);
  if (expireAt !== undefined) message.expireAt = toTimestamp(expireAt);
  for (const [name, text] of secret.metadata) setOwn(message.metadata, name, text);
  return message;
}

/** A name such as `__proto__` must become a property like any other. */
function setOwn(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

function toWireResult(result: SaveResult) {
  return {
    key: result.key,
    id: result.id,
    outcome: wireOutcomes[result.outcome],
    version: result.version,
    changedFields: [...result.changedFields],
    listChanges: result.listChanges.map(({ list, added, removed }) => ({
      list,
      added: [...added],
      removed: [...removed],
    })),
    missingRight: result.missingRight,
  };
}
