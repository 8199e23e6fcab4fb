import type { AuditRecord } from "../audit/record.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { StoredSecret } from "../store/store.ts";
import { decide, identitiesOf, isVisible, type Principal } from "./access.ts";
import { auditRecord, type CallInfo } from "./audit.ts";
import type { Context } from "./context.ts";
import { isPresentable, openDocument } from "./document.ts";
import { type Reason, SecretError } from "./error.ts";
import { byBytes, keyProblem } from "./key.ts";
import { globMatches, globOf, keyPatternFailure } from "./key-pattern.ts";
import { limits } from "./limits.ts";
import { createPageToken, pageSizeOf, readPageToken } from "./page-token.ts";
import { type NamesInput, nameFailure, type Selection, selectNames } from "./selection.ts";
import { type SecretState, stateOf } from "./state.ts";

export type SecretView = "keys" | "metadata" | "full";

export interface ListRequest extends NamesInput {
  readonly namespace: string;
  readonly keyPattern: string;
  readonly state: SecretState | undefined;
  /** Undefined: full for named secrets, else metadata. */
  readonly view: SecretView | undefined;
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface ShownSecret {
  readonly secret: StoredSecret;
  /** Only in the full view. */
  readonly value: string | undefined;
  readonly state: SecretState;
}

export interface ListAnswer {
  readonly view: SecretView;
  /** Ordered by the bytes of the key. */
  readonly secrets: readonly ShownSecret[];
  readonly missingKeys: readonly string[];
  readonly missingIds: readonly string[];
  readonly errors: readonly { readonly key: string; readonly reason: Reason }[];
  readonly nextPageToken: string;
}

interface Filter {
  readonly prefix: string;
  readonly glob: string | undefined;
  readonly state: SecretState | undefined;
}

/** Answers the secrets that the caller may see, by name or page by page. Never says that something is forbidden. */
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
  const answer = createAnswer(context, call, view, filter);
  const next = named
    ? await listNamed(context, call, selection, after, answer)
    : await listPage(context, call, filter, after, pageSize, answer);
  await context.accessLog.record(answer.auditRecords(named, request));
  const token = next === undefined ? "" : createPageToken(context.keyring, bindingOf(call.caller, request, view), next);
  return answer.finish(token);
}

type Answer = ReturnType<typeof createAnswer>;

/** Collects what is shown. */
function createAnswer(context: Context, call: CallInfo, view: SecretView, filter: Filter) {
  const nowMs = context.now();
  const secrets: ShownSecret[] = [];
  const errors: { key: string; reason: Reason }[] = [];
  const missingKeys: string[] = [];
  const missingIds: string[] = [];
  const records: AuditRecord[] = [];
  let bytes = 0;

  function addBroken(key: string, action: string): true {
    errors.push({ key, reason: "INTEGRITY" });
    records.push(auditRecord(call, nowMs, { action, decision: "refused", rule: "integrity", key }));
    return true;
  }

  function addFull(secret: StoredSecret, state: SecretState): boolean {
    const { key, version } = secret;
    const opened = openForReading(context, call.caller, secret);
    if (opened.status === "denied") return false;
    if (opened.status === "broken") return addBroken(key, "secret.read");
    secrets.push({ secret, value: opened.value, state });
    bytes += shownBytes(secret, opened.value);
    const entry = { action: "secret.read", decision: "allowed", rule: opened.rule, key, version } as const;
    records.push(auditRecord(call, nowMs, entry));
    return true;
  }

  return {
    missingKeys,
    missingIds,
    view,
    get size() {
      return secrets.length + errors.length;
    },
    get isFull() {
      return bytes >= limits.answerBytes;
    },
    /** Shows a secret, found by an index that may lie, if filter and lists allow. False when nothing of it is shown. */
    add(secret: StoredSecret): boolean {
      const state = stateOf(secret.metadata, secret.valueChangedAtMs, nowMs);
      if (!isSelected(filter, secret, state)) return false;
      if (view === "full") return addFull(secret, state);
      if (!isVisible(call.caller, secret)) return false;
      if (!isPresentable(secret)) return addBroken(secret.key, "secret.list");
      secrets.push({ secret, value: undefined, state });
      bytes += shownBytes(secret, undefined);
      return true;
    },
    /** Whether an earlier page of the same request showed the secret. */
    wasShown(secret: StoredSecret): boolean {
      const state = stateOf(secret.metadata, secret.valueChangedAtMs, nowMs);
      if (!isSelected(filter, secret, state)) return false;
      return view === "full" ? decide(call.caller, secret, "read").allowed : isVisible(call.caller, secret);
    },
    /** Each value has a record of its own; the rest of the call has one, and so have the names that were not shown. */
    auditRecords(named: boolean, request: ListRequest): readonly AuditRecord[] {
      if (view !== "full" || (!named && records.length === 0)) {
        const rule = call.caller.admin ? "admin" : "visible";
        const entry = { action: "secret.list", decision: "allowed", rule, count: secrets.length } as const;
        records.push(auditRecord(call, nowMs, { ...entry, filter: describeFilter(request, view) }));
      }
      const missing = [...missingKeys, ...missingIds];
      if (missing.length > 0) {
        const action = view === "full" ? "secret.read" : "secret.list";
        const entry = { action, decision: "denied", rule: "not-shown", count: missing.length } as const;
        records.push(auditRecord(call, nowMs, { ...entry, names: missing }));
      }
      return records;
    },
    finish(nextPageToken: string): ListAnswer {
      return { view, secrets, missingKeys, missingIds, errors, nextPageToken };
    },
  };
}

type Opened =
  | { readonly status: "open"; readonly value: string; readonly rule: string }
  | { readonly status: "denied" }
  | { readonly status: "broken" };

/** Verifies first and decides on what was verified: the lists that the query went by may lie. */
function openForReading(context: Context, caller: Principal, secret: StoredSecret): Opened {
  try {
    const { value } = openDocument(context.keyring, secret);
    const { allowed, rule } = decide(caller, secret, "read");
    if (!allowed || value === undefined) return { status: "denied" };
    return { status: "open", value, rule };
  } catch (error) {
    if (error instanceof IntegrityError) return { status: "broken" };
    throw error;
  }
}

/** Returns the key to continue after when the answer is full. */
async function listNamed(
  context: Context,
  call: CallInfo,
  selection: Selection,
  after: string,
  answer: Answer,
): Promise<string | undefined> {
  const { tenant } = call.caller;
  const visibleTo = call.caller.admin ? "everyone" : identitiesOf(call.caller);
  const byKey =
    selection.keys.length === 0 ? [] : await context.store.findSecrets({ tenant, keys: selection.keys, visibleTo });
  const byId =
    selection.ids.length === 0 ? [] : await context.store.findSecrets({ tenant, ids: selection.ids, visibleTo });
  // The index may lead an id to another secret than the one that has it.
  const wantedIds = new Set(selection.ids);
  const ofIds = byId.filter(({ id }) => wantedIds.has(id));
  const found = new Map<string, StoredSecret>();
  for (const secret of [...byKey, ...ofIds]) found.set(secret.key, secret);
  const shown = new Set<string>();
  let last = "";
  let next: string | undefined;
  for (const secret of [...found.values()].sort((a, b) => byBytes(a.key, b.key))) {
    if (secret.key <= after) {
      if (answer.wasShown(secret)) shown.add(secret.key);
      continue;
    }
    if (answer.isFull) {
      next = last;
      break;
    }
    if (answer.add(secret)) shown.add(secret.key);
    last = secret.key;
  }
  // Missing names are told once, with the page that reaches the end.
  if (next === undefined) tellMissing(selection, found, shown, answer);
  return next;
}

function tellMissing(
  selection: Selection,
  found: ReadonlyMap<string, StoredSecret>,
  shown: ReadonlySet<string>,
  answer: Answer,
): void {
  for (const key of selection.keys) {
    if (shown.has(key)) continue;
    (selection.keysNamedAsIds.has(key) ? answer.missingIds : answer.missingKeys).push(key);
  }
  const shownIds = new Set([...found.values()].filter((secret) => shown.has(secret.key)).map((secret) => secret.id));
  for (const id of selection.ids) if (!shownIds.has(id)) answer.missingIds.push(id);
}

/** Returns the key to continue after when there is more. */
async function listPage(
  context: Context,
  call: CallInfo,
  filter: Filter,
  start: string,
  pageSize: number,
  answer: Answer,
): Promise<string | undefined> {
  let after = start;
  let scanned = 0;
  while (scanned < limits.scannedRows) {
    const page = await context.store.listSecrets({
      tenant: call.caller.tenant,
      visibleTo: call.caller.admin ? "everyone" : identitiesOf(call.caller),
      right: answer.view === "full" ? "read" : "any",
      prefix: filter.prefix,
      glob: filter.glob,
      after,
      limit: pageSize - answer.size,
      scanLimit: limits.scannedRows - scanned,
    });
    scanned += Math.max(page.scanned, 1);
    for (const secret of page.secrets) {
      if (answer.isFull) return after;
      answer.add(secret);
      after = secret.key;
    }
    if (page.next === undefined) return undefined;
    after = page.next;
    if (answer.size >= pageSize || answer.isFull) return after;
  }
  return after;
}

function checkFilter(request: ListRequest): Filter {
  const { namespace, keyPattern, state } = request;
  if (namespace !== "") {
    const problem = namespace.includes("/")
      ? { rule: "must be one segment of a key, without '/'" }
      : keyProblem(namespace);
    if (problem !== undefined) throw new SecretError(nameFailure("namespace", 0, problem));
  }
  const failure = keyPatternFailure(keyPattern);
  if (failure !== undefined) throw new SecretError(failure);
  return { prefix: namespace === "" ? "" : `${namespace}/`, glob: globOf(keyPattern), state };
}

function isSelected({ prefix, glob, state: wanted }: Filter, { key }: StoredSecret, state: SecretState): boolean {
  if (!key.startsWith(prefix) || (glob !== undefined && !globMatches(glob, key))) return false;
  return wanted === undefined || wanted === state;
}

function describeFilter(request: ListRequest, view: SecretView): string {
  const parts = [`view=${view}`];
  if (request.namespace !== "") parts.push(`namespace=${request.namespace}`);
  if (request.keyPattern !== "") parts.push(`keyPattern=${request.keyPattern}`);
  if (request.state !== undefined) parts.push(`state=${request.state}`);
  return parts.join(" ");
}

function bindingOf(caller: Principal, request: ListRequest, view: SecretView): readonly string[] {
  const names = [request.key, request.id, request.keys.join(","), request.ids.join(",")];
  return ["ListSecrets", caller.tenant, caller.slug, ...names, describeFilter(request, view)];
}

/** About what a secret takes in an answer. */
function shownBytes(secret: StoredSecret, value: string | undefined): number {
  let bytes = 300 + (value === undefined ? 0 : Buffer.byteLength(value));
  for (const [name, text] of secret.metadata) bytes += Buffer.byteLength(name) + Buffer.byteLength(text) + 8;
  for (const list of Object.values(secret.lists)) for (const entry of list) bytes += entry.length + 4;
  return bytes;
}
