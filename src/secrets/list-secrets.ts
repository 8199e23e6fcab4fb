import type { AuditRecord } from "../audit/record.ts";
import type { Reason } from "../error.ts";
import { limits } from "../limits.ts";
import { isNarrowed } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { type Selection, selectNames, withNamedId } from "../rules/selection.ts";
import type { SecretName } from "../store/secret-store.ts";
import {
  createCollection,
  isFull,
  type ListCollection,
  type Listed,
  type ShownFolder,
  type ShownSecret,
} from "./list-collection.ts";
import { bindingOf, checkFilter, describeFilter, type ListRequest, type SecretView } from "./list-filter.ts";
import { listFolder } from "./list-folder.ts";
import { listNamed } from "./list-named.ts";
import { listPage } from "./list-page.ts";
import { withdrawPutBack } from "./withdraw-put-back.ts";

export interface ListAnswer {
  readonly view: SecretView;
  /** Ordered by the bytes of the key. */
  readonly secrets: readonly ShownSecret[];
  /** Instead of `secrets`, in the view of keys. */
  readonly names: readonly SecretName[];
  readonly missingKeys: readonly string[];
  readonly missingIds: readonly string[];
  readonly errors: readonly { readonly key: string; readonly reason: Reason }[];
  readonly nextPageToken: string;
  readonly folders: readonly ShownFolder[];
}

/** Lists the secrets that the caller may see, by name or page by page. Never says that something is forbidden. */
export async function listSecrets(context: Context, call: CallInfo, request: ListRequest): Promise<ListAnswer> {
  const selection = selectNames(request);
  const filter = checkFilter(request);
  const named = selection.keys.length + selection.ids.length > 0;
  const view = request.view ?? (named ? "full" : "metadata");
  const pageSize = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  const after =
    request.pageToken === ""
      ? ""
      : readPageToken(context.keyring, bindingOf(call.caller, request, view), request.pageToken);
  const list = async (maxBytes: number) => {
    const collection = createCollection(context, call, view, filter, maxBytes);
    if (named) return { collection, ...(await listNamed(collection, selection, after)) };
    const listUnnamed = filter.folder === undefined ? listPage : listFolder;
    return { collection, ...(await listUnnamed(collection, after, pageSize)) };
  };
  const { collection, next, missingKeys, missingIds } = await listWithRoom(call, list);
  // Both at once: on MongoDB the comparison then takes no further round trip.
  const comparing = context.lastChanges.compare(
    collection.secrets.map(({ secret }) => secret),
    "read",
  );
  const recording = context.accessLog.record(recordsOf(collection, request, named, [...missingKeys, ...missingIds]));
  if (comparing === undefined) await recording;
  else await withdrawPutBack(collection, (await Promise.all([comparing, recording]))[0]);
  const nextPageToken =
    next === undefined ? "" : createPageToken(context.keyring, bindingOf(call.caller, request, view), next);
  const { errors, folders } = collection;
  const { secrets, names } = asNamed(selection, collection);
  return { view, secrets, names, missingKeys, missingIds, errors, nextPageToken, folders };
}

/**
 * A secret that was named by its key in a field for ids is shown with this name as its id: that is how the caller finds
 * it.
 */
function asNamed(
  { keysNamedAsIds }: Selection,
  { secrets, names }: ListCollection,
): Pick<ListAnswer, "secrets" | "names"> {
  if (keysNamedAsIds.size === 0) return { secrets, names };
  return {
    secrets: secrets.map((shown) => ({ ...shown, secret: withNamedId(shown.secret, keysNamedAsIds) })),
    names: names.map((name) => withNamedId(name, keysNamedAsIds)),
  };
}

type List<L> = (maxBytes: number) => Promise<L>;

/** Lists once more if the list is too large for the memory that every call may use. Most are not. */
async function listWithRoom<L extends Listed & { readonly collection: ListCollection }>(
  { room }: CallInfo,
  list: List<L>,
): Promise<L> {
  if (room === undefined) return list(limits.answerBytes);
  const small = await listIfSmall(list);
  if (small !== undefined) return small;
  await room.grow(limits.callBytes + limits.largeListBytes);
  return list(limits.answerBytes);
}

/**
 * A function of its own: one that waits for room keeps all that its variables hold. Six hundred calls that waited held
 * 140 MiB of secrets that they would read again.
 */
async function listIfSmall<L extends Listed & { readonly collection: ListCollection }>(
  list: List<L>,
): Promise<L | undefined> {
  const small = await list(limits.smallListBytes);
  return small.next === undefined || !isFull(small.collection) ? small : undefined;
}

/** Each value gets its own audit record. The rest of the call gets one, and the names that were not shown get one. */
function recordsOf(
  { call, view, nowMs, secrets, names, records }: ListCollection,
  request: ListRequest,
  named: boolean,
  missing: readonly string[],
): readonly AuditRecord[] {
  const more: AuditRecord[] = [];
  if (view !== "full" || (!named && records.length === 0)) {
    const rule = call.caller.admin && !isNarrowed(call.caller) ? "admin" : "visible";
    const entry = { action: "secret.list", decision: "allowed", rule, count: secrets.length + names.length } as const;
    more.push(auditRecord(call, nowMs, { ...entry, filter: describeFilter(request, view) }));
  }
  if (missing.length > 0) {
    const action = view === "full" ? "secret.read" : "secret.list";
    const entry = { action, decision: "denied", rule: "not-shown", count: missing.length } as const;
    more.push(auditRecord(call, nowMs, { ...entry, names: missing }));
  }
  return more.length === 0 ? records : [...records, ...more];
}
