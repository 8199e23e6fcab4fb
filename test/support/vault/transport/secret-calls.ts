import { create, equals } from "@bufbuild/protobuf";
import {
  type ListSecretsRequest,
  ListSecretsRequestSchema,
  type ListSecretsResponse,
  type ListVersionsRequest,
  type ListVersionsResponse,
  type RemoveSecretsRequest,
  RemoveSecretsRequestSchema,
  type RemoveSecretsResponse,
  RemoveSecretsResponseSchema,
  type RestoreVersionRequest,
  RestoreVersionRequestSchema,
  type RestoreVersionResponse,
  RestoreVersionResponseSchema,
  SaveOutcome,
  type SaveResult,
  SaveResultSchema,
  type SaveSecretsRequest,
  SaveSecretsRequestSchema,
  type SaveSecretsResponse,
  SaveSecretsResponseSchema,
  type Secret,
  SecretView,
} from "../../../../gen/secret/v1/secret_service_pb.ts";
import type { VaultAnswer } from "../vault-call.ts";
import { type BothWays, refusedAlike } from "./agreement.ts";
import { fieldsFor, isPathOf, valueIn } from "./stored-value.ts";

// Each answers a call below /v1/, or undefined when that API cannot say it. What the API does not show, such as access
// lists and ids, is read over REST.

/** Named keys with their values: a read of each. */
export async function listSecrets(
  { api, call }: BothWays,
  request: ListSecretsRequest,
): Promise<ListSecretsResponse | undefined> {
  const { keys, view } = request;
  const isPlain = equals(ListSecretsRequestSchema, request, create(ListSecretsRequestSchema, { keys, view }));
  const isFull = view === SecretView.FULL || view === SecretView.UNSPECIFIED;
  if (!isPlain || !isFull || keys.length === 0 || !keys.every(isPathOf)) return undefined;
  const answers = new Map<string, VaultAnswer>();
  for (const key of keys) answers.set(key, await call("GET", `secret/data/${key}`));
  const [first] = answers.values();
  if (first?.headers.get("x-secret-svc-reason") === "UNAUTHENTICATED") {
    return refusedAlike(first, () => api.secrets.listSecrets(request));
  }
  const listed = await api.secrets.listSecrets(request);
  for (const secret of listed.secrets) showAs(secret, answers.get(secret.key));
  for (const key of listed.missingKeys) {
    const status = answers.get(key)?.status;
    if (status !== 404 && status !== 403) throw new Error(`${key} is missing over REST, and ${status} for Vault`);
  }
  return listed;
}

/** Puts the value of an answer in place of that of REST. Bytes are base64 for Vault. */
function showAs(secret: Secret, answer: VaultAnswer | undefined): void {
  if (answer?.status !== 200) throw new Error(`${secret.key} is shown over REST, and ${answer?.status} for Vault`);
  const value = valueIn(answer);
  if (secret.valueBytes === undefined) secret.value = value;
  else secret.valueBytes = Buffer.from(value, "base64");
}

/** One key and its value, with the version that it must have. */
export async function saveSecrets(
  { api, call }: BothWays,
  request: SaveSecretsRequest,
): Promise<SaveSecretsResponse | undefined> {
  const [{ key = "", value = "", ifVersion } = {}] = request.secrets;
  const input = { key, value, ...(ifVersion === undefined ? {} : { ifVersion }) };
  const isPlain = equals(SaveSecretsRequestSchema, request, create(SaveSecretsRequestSchema, { secrets: [input] }));
  const fields = fieldsFor(value);
  if (!isPlain || fields === undefined || !isPathOf(key)) return undefined;
  const cas = ifVersion === undefined ? "" : `,"options":{"cas":${ifVersion}}`;
  const write = () => call("PUT", `secret/data/${key}`, `{"data":${fields}${cas}}`);
  const result = await changed({ api, call }, key, write, () => api.secrets.saveSecrets(request));
  return create(SaveSecretsResponseSchema, { results: [result] });
}

/** What a write did, as a result of REST. */
async function changed(
  { api }: BothWays,
  key: string,
  write: () => Promise<VaultAnswer>,
  again: () => Promise<unknown>,
): Promise<SaveResult> {
  const find = async () =>
    (await api.secrets.listSecrets({ keys: [key], view: SecretView.METADATA }).catch(() => undefined))?.secrets[0];
  const before = await find();
  const answer = await write();
  if (answer.status !== 200) return refusedAlike(answer, again);
  const after = await find();
  if (after === undefined) throw new Error(`${key} was written, and is not shown`);
  const { id, version } = after;
  const isSame = before?.version === version;
  if (!isSame && answer.json?.data?.version !== version) throw new Error(`another version than ${version}`);
  if (isSame) return create(SaveResultSchema, { key, id, version, outcome: SaveOutcome.UNCHANGED });
  if (before === undefined) return create(SaveResultSchema, { key, id, version, outcome: SaveOutcome.CREATED });
  const changes = { outcome: SaveOutcome.UPDATED, changedFields: ["value"] };
  return create(SaveResultSchema, { key, id, version, ...changes });
}

/** One key. For Vault, removing a secret that is missing succeeds. */
export async function removeSecrets(
  { api, call }: BothWays,
  request: RemoveSecretsRequest,
): Promise<RemoveSecretsResponse | undefined> {
  const key = request.keys[0] ?? request.key;
  const named = request.keys.length === 0 ? { key } : { keys: [key] };
  const isPlain = equals(RemoveSecretsRequestSchema, request, create(RemoveSecretsRequestSchema, named));
  if (!isPlain || !isPathOf(key)) return undefined;
  const [before] = (await api.secrets.listSecrets({ keys: [key], view: SecretView.METADATA })).secrets;
  if (before === undefined) return undefined;
  const answer = await call("DELETE", `secret/data/${key}`);
  if (answer.status !== 204) return refusedAlike(answer, () => api.secrets.removeSecrets(request));
  // A removal is a version, which Vault does not name.
  const { id, version } = before;
  return create(RemoveSecretsResponseSchema, { removed: [{ key, id, version: version + 1 }] });
}

/** The numbers, and the value of each. */
export async function listVersions(
  { api, call }: BothWays,
  request: ListVersionsRequest,
): Promise<ListVersionsResponse | undefined> {
  const { key } = request;
  if (!isPathOf(key)) return undefined;
  const metadata = await call("GET", `secret/metadata/${key}`);
  if (metadata.status !== 200) return refusedAlike(metadata, () => api.secrets.listVersions(request));
  const listed = await api.secrets.listVersions(request);
  for (const { secret } of listed.versions) {
    if (secret?.value === undefined && secret?.valueBytes === undefined) continue;
    showAs(secret, await call("GET", `secret/data/${key}?version=${secret.version}`));
  }
  return listed;
}

/** A rollback: what `vault kv rollback` does with a read and a write. */
export async function restoreVersion(
  { api, call }: BothWays,
  request: RestoreVersionRequest,
): Promise<RestoreVersionResponse | undefined> {
  const { key, version } = request;
  const isPlain = equals(RestoreVersionRequestSchema, request, create(RestoreVersionRequestSchema, { key, version }));
  if (!isPlain || !isPathOf(key)) return undefined;
  const old = await call("GET", `secret/data/${key}?version=${version}`);
  const newest = await call("GET", `secret/data/${key}`);
  if (old.status !== 200 || newest.status !== 200) return undefined;
  const { version: cas } = Object(newest.json?.data?.metadata);
  const fields = fieldsFor(valueIn(old));
  if (fields === undefined) return undefined;
  const write = () => call("PUT", `secret/data/${key}`, `{"data":${fields},"options":{"cas":${cas}}}`);
  const result = await changed({ api, call }, key, write, () => api.secrets.restoreVersion(request));
  return create(RestoreVersionResponseSchema, { result });
}
