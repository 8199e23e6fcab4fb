import { limits } from "../limits.ts";
import { isNarrowed } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { purgeRemovedSecret } from "../secrets/purge-removed-secret.ts";
import { putMetadata } from "../secrets/put-metadata.ts";
import { describeSecret } from "../secrets/read-value.ts";
import { removeValue } from "../secrets/remove-value.ts";
import type { Metadata } from "../store/secret-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
import { customMetadata, missing, noContent, type Reply, timeText } from "./answers.ts";
import { readFields } from "./body.ts";
import { type Members, members } from "./json-text.ts";
import { type MountPath, refusing, requireKey, requireMergePatch, requireWritable } from "./mount-path.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import { badRequest, notFound, unsupported, type VaultRefusal } from "./refusal.ts";
import { namesSettings, requireDefaults } from "./settings.ts";

/** The metadata of a secret, without its value. */
export function metadataOperation(context: Context, path: MountPath): Operation {
  switch (path.verb) {
    case "GET":
      return { name: "ReadMetadata", action: "secret.versions", run: ({ call }) => readMetadata(context, call, path) };
    case "PUT":
    case "POST":
      return {
        name: "PutMetadata",
        action: "secret.save",
        run: (request) => writeMetadata(context, request, path, false),
      };
    case "PATCH":
      return {
        name: "PatchMetadata",
        action: "secret.save",
        run: (request) => writeMetadata(context, request, path, true),
      };
    case "DELETE":
      return {
        name: "DeleteMetadata",
        action: "secret.remove",
        run: ({ call }) => deleteMetadata(context, call, path),
      };
    default:
      return refusing("Metadata", "secret.versions", unsupported());
  }
}

async function readMetadata(context: Context, call: VaultRequest["call"], path: MountPath): Promise<Reply> {
  const found = await describeSecret(context, call, path.key);
  if (found === undefined) return { status: 404, plain: '{"errors":[]}' };
  const { stored, current, history } = found;
  const versions: Record<number, object> = {};
  for (const number of history.destroyed) {
    versions[number] = { created_time: "", deletion_time: "", destroyed: true };
  }
  for (const { version, valueChangedAtMs } of history.broughtValue) {
    const isGone = stored.removed && version === current.version;
    const deletedAtMs = isGone ? history.removedAtMs : undefined;
    versions[version] = {
      created_time: timeText(valueChangedAtMs),
      deletion_time: timeText(deletedAtMs),
      destroyed: false,
    };
  }
  const numbers = Object.keys(versions).map(Number);
  const data = {
    cas_required: false,
    created_time: timeText(stored.createdAtMs),
    current_metadata_version: 0,
    current_version: current.version,
    custom_metadata: customMetadata(history.metadata),
    delete_version_after: "0s",
    max_versions: 0,
    metadata_cas_required: false,
    oldest_version: numbers.length === 0 ? 0 : Math.min(...numbers),
    updated_time: timeText(stored.updatedAtMs),
    versions,
  };
  return { status: 200, data: JSON.stringify(data) };
}

async function writeMetadata(
  context: Context,
  { call, body }: VaultRequest,
  path: MountPath,
  isPatch: boolean,
): Promise<Reply> {
  requireWritable(path);
  if (isPatch) requireMergePatch(path);
  const fields = readFields(body);
  requireDefaults(fields);
  // Null takes all of it away.
  const isCleared = fields.get("custom_metadata") === "null";
  const given = isCleared ? new Map<string, null>() : readCustomMetadata(fields, isPatch);
  if (isPatch && !path.isKey) throw notFound();
  const key = requireKey(path);
  const change = (current: Metadata) =>
    checkMetadata(merge(given, (isPatch && !isCleared) || given === undefined ? current : []));
  const isEmpty = given === undefined && !namesSettings(fields);
  const status = await putMetadata(context, call, { key, change, makesPlace: !isPatch, isEmpty });
  return status === "missing" ? missing : noContent;
}

/** Names with their texts, and in a patch with null for those to take away; undefined when the request has none. */
function readCustomMetadata(fields: Members, isPatch: boolean): ReadonlyMap<string, string | null> | undefined {
  const raw = fields.get("custom_metadata");
  if (raw === undefined) return undefined;
  if (!raw.startsWith("{")) throw badRequest("custom_metadata must be a map");
  const given = new Map<string, string | null>();
  for (const [name, value] of members(raw)) given.set(name, isPatch && value === "null" ? null : toText(value));
  for (const [name, value] of given) requirePrintable(name, value ?? "");
  return given;
}

/** What the language of Vault's server takes for printable: of all white space only the blank. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** Only of what is given: what there is may have come in another way. */
function requirePrintable(name: string, value: string): void {
  if (!printable.test(name)) throw invalid("a key contains unprintable characters");
  if (printable.test(value)) return;
  throw invalid(`value for key ${JSON.stringify(name)} contains unprintable characters`);
}

function toText(raw: string): string {
  if (raw === "null") return "";
  if (raw.startsWith('"')) return JSON.parse(raw);
  if (raw.startsWith("{") || raw.startsWith("[")) throw badRequest("custom_metadata values must be strings");
  return raw;
}

function merge(given: ReadonlyMap<string, string | null> | undefined, current: Metadata): Metadata {
  const merged = new Map<string, string>(current);
  for (const [name, value] of given ?? []) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return [...merged].toSorted(([a], [b]) => compareBytes(a, b));
}

function invalid(why: string): VaultRefusal {
  return badRequest(`custom_metadata validation failed: ${why}`);
}

/** In the words of Vault, whose limits are the same. What else is asked of metadata is checked where they are saved. */
function checkMetadata(metadata: Metadata): Metadata {
  const { metadataPairs, metadataNameBytes, metadataValueBytes } = limits;
  if (metadata.length > metadataPairs) {
    throw invalid(`payload must contain at most ${metadataPairs} keys, provided ${metadata.length}`);
  }
  for (const [name, value] of metadata) {
    const [nameBytes, valueBytes] = [Buffer.byteLength(name), Buffer.byteLength(value)];
    if (nameBytes === 0 || nameBytes > metadataNameBytes) {
      throw invalid(`length of a key is ${nameBytes} but must be 0 < len(key) <= ${metadataNameBytes}`);
    }
    if (valueBytes === 0 || valueBytes > metadataValueBytes) {
      const rule = `must be 0 < len(value) <= ${metadataValueBytes}`;
      throw invalid(`length of value for key ${JSON.stringify(name)} is ${valueBytes} but ${rule}`);
    }
  }
  return metadata;
}

/** Of an admin, for good: the key is free again. Of others it is a removal, which can be undone for 30 days. */
async function deleteMetadata(context: Context, call: VaultRequest["call"], { key }: MountPath): Promise<Reply> {
  await removeValue(context, call, key, undefined);
  if (call.caller.admin && !isNarrowed(call.caller)) await purgeRemovedSecret(context, call, key);
  return noContent;
}
