import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { readFolder } from "../secrets/direct-values.ts";
import type { ShownSecret } from "../secrets/list-collection.ts";
import type { SaveInput } from "../secrets/save-input.ts";
import { saveSecrets } from "../secrets/save-secrets.ts";
import { loadByKeys } from "../secrets/verified-secret.ts";
import { forAccessLists } from "../text/access-list-names.ts";
import { textOf } from "../text/secret-value.ts";
import { missing, type Reply, timeText, versionFacts } from "./answers.ts";
import { readFields } from "./body.ts";
import { configOperation } from "./config-operation.ts";
import { type Members, members } from "./json-text.ts";
import { listOperation } from "./list-operation.ts";
import { type MountPath, refusing, requireMergePatch, requireWritable } from "./mount-path.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import { badRequest, notFound, unsupported, VaultRefusal } from "./refusal.ts";
import { readCas, readVersion } from "./versions.ts";

/** The mount `env/`: a path is a namespace of secrets, and the secrets directly in it are its fields. */
export function envOperation(context: Context, path: MountPath): Operation {
  const { kind, verb } = path;
  if (kind === "config") return configOperation(path);
  if (path.isListing && kind === "metadata") return listOperation(context, path, "fields");
  if (path.isListing) return refusing("ListEnv", "secret.list", unsupported());
  if (verb === "GET" && (kind === "data" || kind === "metadata" || kind === "subkeys")) {
    return { name: "ReadEnv", action: "secret.read", run: ({ call }) => read(context, call, path, kind) };
  }
  if (verb === "PATCH" && kind === "data") {
    return { name: "PatchEnv", action: "secret.save", run: (request) => patch(context, request, path) };
  }
  return refusing("ChangeEnv", "secret.save", new VaultRefusal(405, "unsupported", readOnly));
}

const readOnly =
  "this mount is read, and changed with PATCH only: replacing or deleting the whole would remove what the request does " +
  "not name, and what you cannot see";

async function read(
  context: Context,
  call: VaultRequest["call"],
  path: MountPath,
  kind: "data" | "metadata" | "subkeys",
): Promise<Reply> {
  if (readVersion(path.query) !== 0) {
    throw badRequest("the fields of this mount have versions of their own; there is none of the whole");
  }
  if (!path.isKey) throw notFound();
  const folder = `${path.key}/`;
  const found = await readFolder(context, call, folder);
  if (found.length === 0) return missing;
  const updatedAtMs = Math.max(...found.map(({ secret }) => secret.updatedAtMs));
  if (kind === "metadata") return { status: 200, data: describe(updatedAtMs) };
  const facts = factsAt(updatedAtMs);
  const fields = found.map((each) => fieldOf(each, folder, kind === "data")).join(",");
  const data =
    kind === "data" ? `{"data":{${fields}},"metadata":${facts}}` : `{"metadata":${facts},"subkeys":{${fields}}}`;
  return { status: 200, data };
}

function fieldOf({ secret, value }: ShownSecret, folder: string, withValue: boolean): string {
  const name = JSON.stringify(secret.key.slice(folder.length));
  return `${name}:${withValue ? JSON.stringify(textOf(value ?? "")) : "null"}`;
}

/** A version that grows with every change of a field. */
function factsAt(updatedAtMs: number): string {
  return versionFacts({ version: updatedAtMs, changedAtMs: updatedAtMs, metadata: [] });
}

function describe(updatedAtMs: number): string {
  const time = timeText(updatedAtMs);
  return JSON.stringify({
    cas_required: false,
    created_time: time,
    current_metadata_version: 0,
    current_version: updatedAtMs,
    custom_metadata: null,
    delete_version_after: "0s",
    max_versions: 1,
    metadata_cas_required: false,
    oldest_version: updatedAtMs,
    updated_time: time,
    versions: { [updatedAtMs]: { created_time: time, deletion_time: "", destroyed: false } },
  });
}

/** One batch: a text saves a field, null removes it. */
async function patch(context: Context, { call, body }: VaultRequest, path: MountPath): Promise<Reply> {
  requireWritable(path);
  requireMergePatch(path);
  const fields = readFields(body);
  if (readCas(fields) !== undefined) throw badRequest("cas cannot be used in this mount");
  const { saved, removed } = readChanges(fields, path.key);
  const items = saved.length + removed.length;
  if (items === 0) throw badRequest("no data provided");
  if (items > 1) await call.room?.grow(limits.callBytes + Math.min(items * itemBytes, batchBytes));
  const known = await loadByKeys(context, call.caller, removed);
  const isThere = (key: string) => known.get(key)?.removed === false;
  const remove = removed.filter(isThere).map((key) => ({ key, ifVersion: undefined }));
  if (remove.length < removed.length) {
    const names = removed.filter((key) => !isThere(key));
    const entry = { action: "secret.remove", decision: "denied", rule: "not-found", count: names.length } as const;
    await context.accessLog.record([auditRecord(call, context.now(), { ...entry, names })]);
  }
  if (saved.length + remove.length > 0) {
    await saveSecrets(context, call, { secrets: saved, remove, validateOnly: false, idempotencyKey: "" });
  }
  return { status: 200, data: factsAt(context.now()) };
}

/** A secret with the largest value, full lists and full metadata. */
const itemBytes = 128 * 1024;
const batchBytes = 12 * 1024 * 1024;

function readChanges(fields: Members, path: string): { saved: readonly SaveInput[]; removed: readonly string[] } {
  const raw = fields.get("data");
  if (raw === undefined || !raw.startsWith("{")) throw badRequest("no data provided");
  const saved: SaveInput[] = [];
  const removed: string[] = [];
  for (const [name, value] of members(raw)) {
    const key = `${path}/${name}`;
    // Not with its name, which could be a value in the wrong place.
    const field = `field ${saved.length + removed.length + 1}`;
    const problem = name.includes("/") ? { rule: "must not have a '/'" } : keyProblem(key);
    if (problem !== undefined) throw badRequest(`the name of ${field} ${problem.rule}`);
    if (value === "null") removed.push(key);
    else if (value.startsWith('"')) saved.push(inputOf(key, JSON.parse(value)));
    else throw badRequest(`${field} must be a string`);
  }
  return { saved, removed };
}

function inputOf(key: string, value: string): SaveInput {
  const none = { id: "", encrypted: false, checksum: "", checksumAlgorithm: "", metadata: [], clear: [], owner: "" };
  return { ...none, key, value, lists: forAccessLists(() => []), ifVersion: undefined };
}
