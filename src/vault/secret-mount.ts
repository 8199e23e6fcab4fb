import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { bringBack } from "../secrets/bring-back.ts";
import { destroyVersions } from "../secrets/destroy-versions.ts";
import { patchValue, putValue } from "../secrets/put-value.ts";
import { type ReadAnswer, readValue } from "../secrets/read-value.ts";
import { removeValue } from "../secrets/remove-value.ts";
import { textOf } from "../text/secret-value.ts";
import { missing, noContent, type Reply, versionFacts } from "./answers.ts";
import { readFields } from "./body.ts";
import { configOperation } from "./config-operation.ts";
import { type Members, members, mergePatch, namesOnly, readObject, toFields, toStored } from "./json-text.ts";
import { listOperation } from "./list-operation.ts";
import { metadataOperation } from "./metadata.ts";
import { type MountPath, refusing, requireKey, requireMergePatch, requireWritable } from "./mount-path.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import { badRequest, notFound, unsupported, VaultRefusal } from "./refusal.ts";
import { readCas, readDepth, readVersion, readVersions } from "./versions.ts";

/** The mount `secret/`: one path is one secret, whose fields are JSON. */
export function secretOperation(context: Context, path: MountPath): Operation {
  if (path.isRoot && path.kind !== "config" && !path.isListing) {
    return {
      name: "Unknown",
      action: "secret.read",
      run: async () => ({ status: 404, warnings: [mountRoot], isUnrecorded: true }),
    };
  }
  switch (path.kind) {
    case "data":
      return dataOperation(context, path);
    case "metadata":
      return path.isListing ? listOperation(context, path, "secrets") : metadataOperation(context, path);
    case "subkeys":
      if (path.verb !== "GET") return refusing("ReadSubkeys", "secret.versions", unsupported());
      return {
        name: "ReadSubkeys",
        action: "secret.versions",
        run: ({ call }) => readData(context, call, path, "secret.versions"),
      };
    case "delete":
    case "undelete":
    case "destroy":
      return versionsOperation(context, path, versionChanges[path.kind]);
    case "config":
      return configOperation(path);
  }
}

const mountRoot = "Non-listing operations on the root of a K/V v2 mount are not supported.";

function dataOperation(context: Context, path: MountPath): Operation {
  if (path.isListing) return refusing("ListData", "secret.list", unsupported());
  switch (path.verb) {
    case "GET":
      return {
        name: "ReadData",
        action: "secret.read",
        run: ({ call }) => readData(context, call, path, "secret.read"),
      };
    case "PUT":
    case "POST":
      return { name: "PutData", action: "secret.save", run: (request) => putData(context, request, path) };
    case "PATCH":
      return { name: "PatchData", action: "secret.save", run: (request) => patchData(context, request, path) };
    case "DELETE":
      return {
        name: "DeleteData",
        action: "secret.remove",
        async run({ call }) {
          await removeValue(context, call, path.key, undefined);
          return noContent;
        },
      };
    default:
      return refusing("Data", "secret.read", unsupported());
  }
}

async function readData(
  context: Context,
  call: VaultRequest["call"],
  path: MountPath,
  action: "secret.read" | "secret.versions",
): Promise<Reply> {
  const version = readVersion(path.query);
  const depth = path.kind === "subkeys" ? readDepth(path.query) : 0;
  const found = await readValue(context, call, { key: path.key, version, action });
  if (found === undefined) return missing;
  const isShown = found.status === "value";
  const fields = isShown ? toFields(textOf(found.value)) : "null";
  const facts = factsOf(found);
  const data =
    action === "secret.read"
      ? `{"data":${fields},"metadata":${facts}}`
      : `{"metadata":${facts},"subkeys":${isShown ? namesOnly(fields, depth) : "null"}}`;
  return { status: isShown ? 200 : 404, data };
}

function factsOf({ status, ...facts }: Omit<ReadAnswer, "value">): string {
  return versionFacts({ ...facts, isDestroyed: status === "destroyed" });
}

async function putData(context: Context, { call, body }: VaultRequest, path: MountPath): Promise<Reply> {
  requireWritable(path);
  const fields = readFields(body);
  const ifValueVersion = readCas(fields);
  const value = checkSize(toStored(dataOf(fields)));
  const saved = await putValue(context, call, { key: requireKey(path), value, ifValueVersion });
  return { status: 200, data: versionFacts(saved) };
}

async function patchData(context: Context, { call, body }: VaultRequest, path: MountPath): Promise<Reply> {
  requireWritable(path);
  requireMergePatch(path);
  const fields = readFields(body);
  const ifValueVersion = readCas(fields);
  const patch = rawData(fields);
  if (!path.isKey) throw notFound();
  const patched = await patchValue(context, call, {
    key: path.key,
    ifValueVersion,
    merge: (current) => checkSize(toStored(members(mergePatch(toFields(current), patch)))),
  });
  if (patched.status === "missing") return missing;
  if (patched.status === "removed") return { status: 404, data: versionFacts(patched.removed) };
  return { status: 200, data: versionFacts(patched.saved) };
}

function dataOf(fields: Members): Members {
  return members(rawData(fields));
}

/** Throws unless `data` is an object. */
function rawData(fields: Members): string {
  const raw = fields.get("data");
  if (raw === undefined || raw === "null") throw badRequest("no data provided");
  if (!raw.startsWith("{")) throw badRequest('error converting input for field "data": expected a map');
  if (readObject(raw) === undefined) throw badRequest('the field "data" is nested too deeply');
  return raw;
}

const { valueBytes } = limits;

function checkSize(value: string): string {
  const bytes = Buffer.byteLength(value);
  if (bytes <= valueBytes) return value;
  throw new VaultRefusal(
    400,
    "limit-exceeded",
    `the value would be ${bytes} bytes as JSON; the limit is ${valueBytes}`,
  );
}

type VersionChange = (
  context: Context,
  call: VaultRequest["call"],
  key: string,
  versions: readonly number[],
) => Promise<void>;

interface NamedChange {
  readonly name: string;
  readonly action: string;
  readonly change: VersionChange;
}

const versionChanges: Readonly<Record<"delete" | "undelete" | "destroy", NamedChange>> = {
  delete: { name: "DeleteVersions", action: "secret.remove", change: removeValue },
  undelete: { name: "UndeleteVersions", action: "secret.restore", change: bringBack },
  destroy: { name: "DestroyVersions", action: "secret.purge", change: destroyVersions },
};

function versionsOperation(context: Context, path: MountPath, { name, action, change }: NamedChange): Operation {
  if (path.verb !== "PUT" && path.verb !== "POST") return refusing(name, action, unsupported());
  return {
    name,
    action,
    async run({ call, body }) {
      requireWritable(path);
      await change(context, call, path.key, readVersions(readFields(body)));
      return noContent;
    },
  };
}
