import { create } from "@bufbuild/protobuf";
import { notFound } from "./errors.ts";
import {
  type ListSecretsRequest,
  ListSecretsRequestSchema,
  type SaveSecretsRequest,
  SaveSecretsRequestSchema,
  type SecretState,
  SecretView,
} from "./gen/secret/v1/secret_service_pb.ts";
import type { Removal, SecretInput } from "./secret.ts";
import { Value } from "./value.ts";

/** How many keys the service takes in one request. */
const maxKeys = 1000;

/** Selects the secrets of a list; all given conditions must hold. */
export interface Filter {
  /** The first segment of the keys. */
  readonly namespace?: string | undefined;
  /** A text that the key contains or, when it has a `*`, that matches it as a whole. */
  readonly keyPattern?: string | undefined;
  readonly state?: SecretState | undefined;
  /** How much to show: METADATA, without values, unless set. */
  readonly view?: SecretView | undefined;
  /** How many are fetched at a time, up to 1,000; 100 unless set. */
  readonly pageSize?: number | undefined;
}

/** How to save. */
export interface SaveOptions {
  /** Secrets to remove in the same transaction. */
  readonly remove?: readonly Removal[] | undefined;
  /** Decide and return the results, but store nothing. */
  readonly validateOnly?: boolean | undefined;
  /**
   * Up to 128 printable ASCII characters; makes the save happen once however often it is sent within 24 hours. Only a
   * save that has one is repeated when the service is unavailable.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Requests that together name all keys, once each. */
export function manyRequests(keys: readonly string[]): ListSecretsRequest[] {
  const unique = [...new Set(keys)].sort();
  const requests: ListSecretsRequest[] = [];
  for (let start = 0; start < unique.length; start += maxKeys) {
    const some = unique.slice(start, start + maxKeys);
    requests.push(create(ListSecretsRequestSchema, { keys: some, view: SecretView.FULL }));
  }
  return requests;
}

/** Throws SecretServiceError with NOT_FOUND and the names of those that are missing. */
export function checkAllFound(keys: readonly string[], found: ReadonlyMap<string, unknown>): void {
  const missing = new Map<string, number>();
  keys.forEach((key, index) => {
    if (!found.has(key) && !missing.has(key)) missing.set(key, index);
  });
  if (missing.size > 0) throw notFound(missing);
}

/** The request for a first page. */
export function listRequest(filter: Filter): ListSecretsRequest {
  return create(ListSecretsRequestSchema, withoutUndefined(filter));
}

/** The request of a save. Throws TypeError for a value that is not a Value. */
export function saveRequest(secrets: readonly SecretInput[], options: SaveOptions): SaveSecretsRequest {
  return create(SaveSecretsRequestSchema, {
    ...withoutUndefined({ validateOnly: options.validateOnly, idempotencyKey: options.idempotencyKey }),
    secrets: secrets.map(inputFields),
    remove: (options.remove ?? []).map(withoutUndefined),
  });
}

function inputFields(input: SecretInput) {
  const { value, ...fields } = input;
  if (value !== undefined && !(value instanceof Value)) throw new TypeError('a value is given as new Value("…")');
  const lists = withoutUndefined(fields) as { [name in keyof typeof fields]: Mutable<NonNullable<SecretInput[name]>> };
  if (value === undefined) return lists;
  return value.isBytes ? { ...lists, valueBytes: value.revealBytes() } : { ...lists, value: value.reveal() };
}

/** The message types have mutable arrays, but nothing changes them. */
type Mutable<Field> = Field extends readonly string[] ? string[] : Field;

/** Callers may pass undefined for absent fields; messages must not contain it. */
function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [name in keyof Fields]: NonNullable<Fields[name]> } {
  const given = Object.entries(fields).filter(([, field]) => field !== undefined);
  return Object.fromEntries(given) as { [name in keyof Fields]: NonNullable<Fields[name]> };
}
