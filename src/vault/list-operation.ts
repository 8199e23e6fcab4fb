import type { Context } from "../rules/context.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { byFolder, type Folded, folderNames, recordListing } from "../secrets/folder-names.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Reply } from "./answers.ts";
import type { MountPath } from "./mount-path.ts";
import type { Operation, VaultRequest } from "./operation.ts";
import { badRequest } from "./refusal.ts";
import { parameter } from "./versions.ts";
import { readInteger } from "./weak-values.ts";

/** `LIST` and `SCAN`: names in a folder, or all keys below it. */
export function listOperation(context: Context, path: MountPath, kind: "secrets" | "fields"): Operation {
  const name = path.isDeep ? "ScanMetadata" : "ListMetadata";
  const find = kind === "fields" ? namesWithFields : namesOfSecrets;
  return { name, action: "secret.list", run: ({ call }) => list(context, call, path, find) };
}

type FindNames = (
  context: Context,
  call: VaultRequest["call"],
  folder: string,
  part: { readonly after: string; readonly limit: number | undefined; readonly isDeep: boolean },
) => Promise<readonly string[]>;

async function list(
  context: Context,
  call: VaultRequest["call"],
  { key, query, isDeep }: MountPath,
  find: FindNames,
): Promise<Reply> {
  const name = key.replace(/\/+$/, "");
  const folder = name === "" ? "" : `${name}/`;
  const isFolder = name === "" || keyProblem(name) === undefined;
  const part = { after: parameter(query, "after"), limit: readLimit(query), isDeep };
  const keys = isFolder ? await find(context, call, folder, part) : [];
  await recordListing(context, call, isFolder ? folder : "", keys.length);
  if (keys.length === 0) return { status: 404, plain: '{"errors":[]}' };
  return { status: 200, data: JSON.stringify({ keys }) };
}

const namesOfSecrets: FindNames = (context, call, folder, { after, limit, isDeep }) =>
  folderNames(context, call, { folder, after, limit, fold: isDeep ? undefined : byFolder, right: "any" });

/** What is a field and what is a folder is only known once all keys are, so they are ordered here. */
const namesWithFields: FindNames = async (context, call, folder, { after, limit, isDeep }) => {
  const fold = isDeep ? byField : byFieldFolder;
  const found = await folderNames(context, call, { folder, after: "", limit: undefined, fold, right: "any" });
  const rest = found.filter((name) => compareBytes(name, after) > 0).toSorted(compareBytes);
  return rest.slice(0, limit);
};

/** 0 and less stand for no limit. */
function readLimit(query: URLSearchParams): number | undefined {
  const text = parameter(query, "limit");
  if (text === "") return undefined;
  const limit = readInteger(text);
  if (limit === undefined) throw badRequest("error parsing limit parameter");
  return limit > 0 ? limit : undefined;
}

/**
 * Where the last segment is the name of a field: `name` when there are fields directly in it, and `name/` when
 * something lies deeper. Both may be in between each other.
 */
function byFieldFolder(rest: string): Folded {
  const [first = "", second, third] = rest.split("/");
  if (second === undefined) return { name: undefined, shared: undefined };
  if (third === undefined) return { name: first, shared: undefined };
  return { name: `${first}/`, shared: `${first}/${second}/` };
}

/** The same for everything below: the path that has the field. */
function byField(rest: string): Folded {
  const at = rest.lastIndexOf("/");
  return { name: at < 0 ? undefined : rest.slice(0, at), shared: undefined };
}
