import type { AuditRecord } from "../audit/record.ts";
import { type Reason, SecretError } from "../error.ts";
import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { isNarrowed, isWithinGrants, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { type GrantAction, grantedPrefix } from "../rules/grants.ts";
import { checkKeyFilter } from "../rules/key-pattern.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { type NamesInput, type Selection, selectNames } from "../rules/selection.ts";
import type { SecretState } from "../rules/state.ts";
import { memoryOf, type StoredSecret } from "../store/secret-rows.ts";
import type { SecretName, SecretPage, SecretPageQuery } from "../store/secret-store.ts";
import { compareBytes } from "../text/byte-order.ts";
import {
  addName,
  addSecret,
  countOf,
  createCollection,
  isFull,
  type ListCollection,
  type ListFilter,
  type SecretView,
  type ShownSecret,
  wasShown,
} from "./list-collection.ts";
import { findByIds, rightActions, visibleTo } from "./verified-secret.ts";
import { withdrawPutBack } from "./withdraw-put-back.ts";

export interface ListRequest extends NamesInput {
  readonly namespace: string;
  readonly keyPattern: string;
  readonly state: SecretState | undefined;
  /** How long before its expiry a secret counts as expiring; undefined: 14 days. Only with the state "expiring". */
  readonly withinMs?: number | undefined;
  /** Undefined: "full" for named secrets, otherwise "metadata". */
  readonly view: SecretView | undefined;
  readonly pageSize: number;
  readonly pageToken: string;
}

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
    const listed = named ? await listNamed(collection, selection, after) : await listPage(collection, after, pageSize);
    return { collection, ...listed };
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
  const { secrets, names, errors } = collection;
  return { view, secrets, names, missingKeys, missingIds, errors, nextPageToken };
}

/** Lists once more if the list is too large for the memory that every call may use. Most are not. */
async function listWithRoom<L extends Listed & { readonly collection: ListCollection }>(
  { room }: CallInfo,
  list: (maxBytes: number) => Promise<L>,
): Promise<L> {
  if (room === undefined) return list(limits.answerBytes);
  const small = await list(limits.smallListBytes);
  if (small.next === undefined || !isFull(small.collection)) return small;
  await room.grow(limits.callBytes + limits.largeListBytes);
  return list(limits.answerBytes);
}

/** Where a list stopped. */
interface Listed {
  /** The key to continue after; undefined at the end. */
  readonly next: string | undefined;
  readonly missingKeys: readonly string[];
  readonly missingIds: readonly string[];
}

const nothingMissing = { missingKeys: [], missingIds: [] };

async function listNamed(collection: ListCollection, selection: Selection, after: string): Promise<Listed> {
  const shown: StoredSecret[] = [];
  let last = "";
  const found = await findNamed(collection, selection);
  if (found === undefined) return { next: last, ...nothingMissing };
  for (const secret of found) {
    if (secret.key <= after) {
      if (wasShown(collection, secret)) shown.push(secret);
      continue;
    }
    if (isFull(collection)) return { next: last, ...nothingMissing };
    if (addSecret(collection, secret)) shown.push(secret);
    last = secret.key;
  }
  // Missing names are reported once, on the page that reaches the end.
  return { next: undefined, ...missingNames(selection, shown) };
}

/**
 * The named secrets that the caller's user may see and the grants include, each once, in the order of their keys. Undefined when
 * they are more than a small list may have.
 */
async function findNamed(
  collection: ListCollection,
  selection: Selection,
): Promise<readonly StoredSecret[] | undefined> {
  const { context, call, view } = collection;
  const { caller } = call;
  const where = { tenant: caller.tenant, visibleTo: visibleTo(caller) };
  const keys = selection.keys.filter((key) => isWithinGrants(caller, key, actionsFor(view)));
  const { ids } = selection;
  const isSmall = collection.maxBytes < limits.answerBytes && keys.length > 1;
  const maxBytes = isSmall ? { maxBytes: collection.maxBytes } : {};
  const byKey = keys.length === 0 ? [] : await context.store.findSecrets({ ...where, keys, ...maxBytes });
  if (isSmall && byKey.reduce((sum, secret) => sum + memoryOf(secret), 0) >= collection.maxBytes) {
    collection.bytes = collection.maxBytes;
    return undefined;
  }
  if (ids.length === 0) return byKey.length < 2 ? byKey : byKey.toSorted(byKeyBytes);
  const byId = await findByIds(context, caller, ids, actionsFor(view));
  // The index may map an id to a secret that does not have it.
  const wantedIds = new Set(ids);
  const found = new Map(byKey.map((secret) => [secret.key, secret]));
  for (const secret of byId) if (wantedIds.has(secret.id)) found.set(secret.key, secret);
  return [...found.values()].sort(byKeyBytes);
}

function byKeyBytes(a: StoredSecret, b: StoredSecret): number {
  return compareBytes(a.key, b.key);
}

function missingNames(
  { keys, ids, keysNamedAsIds }: Selection,
  shown: readonly StoredSecret[],
): Pick<Listed, "missingKeys" | "missingIds"> {
  if (ids.length === 0 && shown.length === keys.length) return nothingMissing;
  const shownKeys = new Set(shown.map(({ key }) => key));
  const shownIds = new Set(shown.map(({ id }) => id));
  const missing = keys.filter((key) => !shownKeys.has(key));
  return {
    missingKeys: missing.filter((key) => !keysNamedAsIds.has(key)),
    missingIds: [...missing.filter((key) => keysNamedAsIds.has(key)), ...ids.filter((id) => !shownIds.has(id))],
  };
}

/** The actions of which a narrowed token needs one to see a secret. */
function actionsFor(view: SecretView): readonly GrantAction[] {
  return view === "full" ? ["read"] : rightActions;
}

/** The longer of two prefixes; undefined when no key starts with both. */
function bothPrefixes(a: string, b: string): string | undefined {
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : undefined;
}

async function listPage(collection: ListCollection, start: string, pageSize: number): Promise<Listed> {
  const { call, view, filter } = collection;
  const size = () => countOf(collection);
  const granted = grantedPrefix(call.caller.grants, actionsFor(view));
  const prefix = granted === undefined ? undefined : bothPrefixes(filter.prefix, granted);
  if (prefix === undefined) return { next: undefined, ...nothingMissing };
  // When many of the rows must not be shown, asking for only as many as are wanted would take very many queries.
  const least = isNarrowed(call.caller) ? limits.pageDefault : 0;
  let after = start;
  let scanned = 0;
  const pause = createPauses();
  while (scanned < limits.scannedRows) {
    await pause();
    const page = await readPage(collection, {
      tenant: call.caller.tenant,
      visibleTo: visibleTo(call.caller),
      right: view === "full" ? "read" : "any",
      prefix,
      glob: filter.glob,
      after,
      limit: Math.max(pageSize - size(), least),
      maxBytes: Math.max(collection.maxBytes - collection.bytes, 0),
      scanLimit: limits.scannedRows - scanned,
    });
    scanned += Math.max(page.scanned, 1);
    for (const [at, { key }] of page.found.entries()) {
      if (size() >= pageSize || isFull(collection)) return { next: after, ...nothingMissing };
      page.add(at);
      after = key;
    }
    if (page.next === undefined) return { next: undefined, ...nothingMissing };
    after = page.next;
    if (size() >= pageSize || isFull(collection)) break;
  }
  return { next: after, ...nothingMissing };
}

interface FoundPage extends Pick<SecretPage, "next" | "scanned"> {
  readonly found: readonly SecretName[];
  /** Adds one of them to the answer if it may be shown. */
  add(at: number): void;
}

/** Names come from the index alone, unless more is needed to decide whether to show them. */
async function readPage(collection: ListCollection, query: SecretPageQuery): Promise<FoundPage> {
  const { context, call, view, filter } = collection;
  if (view === "keys" && filter.state === undefined && !isNarrowed(call.caller)) {
    const { names, ...page } = await context.store.listNames(query);
    const add = (at: number) => names[at] !== undefined && addName(collection, names[at]);
    return { ...page, found: names, add };
  }
  const { secrets, ...page } = await readSecrets(collection, query);
  const add = (at: number) => secrets[at] !== undefined && addSecret(collection, secrets[at]);
  return { ...page, found: secrets, add };
}

/**
 * Views without values do not need envelopes, which are a good part of what is read, except to verify what was not
 * verified before.
 */
async function readSecrets(
  { context, view, verifiedFields, readAsVerified }: ListCollection,
  query: SecretPageQuery,
): Promise<SecretPage> {
  if (view === "full") return context.store.listSecrets(query);
  const page = await context.store.listSecrets({ ...query, fieldsOnly: true });
  if (page.secrets.every((secret) => verifiedFields.has(secret))) {
    // Another call may make them be forgotten before they are shown.
    for (const secret of page.secrets) readAsVerified.add(secret);
    return page;
  }
  return context.store.listSecrets(query);
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

function checkFilter(request: ListRequest): ListFilter {
  const { namespace, keyPattern, state, withinMs } = request;
  const keys = checkKeyFilter(namespace, keyPattern);
  checkWithin(state, withinMs);
  return {
    ...keys,
    state,
    expiringMs: withinMs ?? limits.expiringMs,
  };
}

function checkWithin(state: SecretState | undefined, withinMs: number | undefined): void {
  if (withinMs === undefined) return;
  const field = "within";
  if (state !== "expiring") {
    const message = "within needs the state EXPIRING: it says how near the expiry must be";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field });
  }
  if (withinMs >= 1000 && withinMs <= limits.expiringMaxMs) return;
  const days = limits.expiringMaxMs / (24 * 3600 * 1000);
  const message = `within must be between 1 second and ${days} days`;
  throw new SecretError({ reason: "INVALID_FIELD", message, field });
}

function describeFilter(request: ListRequest, view: SecretView): string {
  const parts = [`view=${view}`];
  if (request.namespace !== "") parts.push(`namespace=${request.namespace}`);
  if (request.keyPattern !== "") parts.push(`keyPattern=${request.keyPattern}`);
  if (request.state !== undefined) parts.push(`state=${request.state}`);
  if (request.withinMs !== undefined) parts.push(`within=${request.withinMs}ms`);
  return parts.join(" ");
}

function bindingOf(caller: Principal, request: ListRequest, view: SecretView): readonly string[] {
  const names = [request.key, request.id, request.keys.join(","), request.ids.join(",")];
  return ["ListSecrets", caller.tenant, caller.slug, ...names, describeFilter(request, view)];
}
