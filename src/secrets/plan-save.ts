import { timingSafeEqual } from "node:crypto";
import { checksumMatches } from "../crypto/checksum.ts";
import type { AccessLists, StoredSecret } from "../store/store.ts";
import {
  type Decision,
  decide,
  decideCreate,
  decideListChange,
  isVisible,
  type ListName,
  listNames,
  listOfRight,
  type Principal,
  type Right,
  rights,
} from "./access.ts";
import type { SecretFields, SecretPlaintext } from "./document.ts";
import type { Failure } from "./error.ts";
import { byBytes, derivedId, namespaceOf, randomId } from "./key.ts";
import { limits } from "./limits.ts";
import type { Metadata, SaveItem } from "./save-input.ts";

/** A stored secret whose integrity was verified. */
export interface VerifiedSecret {
  readonly stored: StoredSecret;
  readonly plaintext: SecretPlaintext;
}

export interface ListChange {
  readonly list: ListName;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What a save of one secret comes to. Failures of an earlier kind hide those of a later one. */
export type SavePlan =
  | { readonly kind: "forbidden"; readonly failure: Failure }
  | { readonly kind: "stale"; readonly failure: Failure }
  | { readonly kind: "invalid"; readonly failure: Failure }
  | { readonly kind: "unchanged"; readonly stored: StoredSecret; readonly rule: string }
  | {
      readonly kind: "write";
      readonly outcome: "created" | "updated";
      readonly fields: SecretFields;
      readonly plaintext: SecretPlaintext;
      /** 0: no document has this key. */
      readonly expectedVersion: number;
      readonly changedFields: readonly string[];
      readonly listChanges: readonly ListChange[];
      readonly rule: string;
    };

export interface PlanInput {
  readonly principal: Principal;
  readonly item: SaveItem;
  /** The key that the item names, directly or by its id. */
  readonly key: string;
  /** What the store has under that key, as far as this principal may be told of it; also a removed one. */
  readonly current: VerifiedSecret | undefined;
  /** The id to give to a creation. */
  readonly newId: string;
  readonly nowMs: number;
}

/** Decides what saving one item does: pure, so that a plan and the real save cannot differ. */
export function planSave(input: PlanInput): SavePlan {
  const { current } = input;
  return current === undefined || current.stored.removed ? planCreate(input) : planUpdate(input, current);
}

/** The id for a new secret: the wanted or the derived one, unless `taken` says that it belongs to another key. */
export function newIdFor(
  tenant: string,
  key: string,
  wantedId: string | undefined,
  taken: (id: string) => boolean,
): string {
  for (const id of [wantedId, derivedId(tenant, key)]) if (id !== undefined && !taken(id)) return id;
  return randomId();
}

function planCreate({ principal, item, key, current, newId, nowMs }: PlanInput): SavePlan {
  const former = current?.stored;
  const decision = decideCreate(principal, key, former);
  const live = former === undefined ? undefined : { ...former, removed: false };
  const denied =
    decision.allowed === false
      ? createDenied(principal, item, key, former)
      : former !== undefined && !principal.admin
        ? listChangeDenied(principal, item, key, live, former)
        : ownerDenied(principal, item, key, former?.owner ?? principal.slug);
  if (denied !== undefined) return { kind: "forbidden", failure: denied };
  if (item.ifVersion !== undefined && item.ifVersion !== 0) return stale(item, key, "does not exist");
  const invalid = valueFailure(item, key);
  if (invalid !== undefined) return { kind: "invalid", failure: invalid };
  if (item.value === undefined) return fieldMissing(item, key);

  const owner = item.owner ?? former?.owner ?? principal.slug;
  const lists =
    former !== undefined && !principal.admin
      ? mergeLists(former.lists, item, ownerOf(principal, former))
      : createLists(principal, item);
  const tooLong = listFailure(item, key, lists);
  if (tooLong !== undefined) return { kind: "invalid", failure: tooLong };
  const fields: SecretFields = {
    format: 1,
    tenant: principal.tenant,
    id: former?.id ?? newId,
    key,
    version: (former?.version ?? 0) + 1,
    owner,
    lists,
    metadata: item.metadata ?? [],
    createdAtMs: former?.createdAtMs ?? nowMs,
    createdBy: former?.createdBy ?? principal.slug,
    updatedAtMs: nowMs,
    updatedBy: principal.slug,
    valueChangedAtMs: nowMs,
    removed: false,
  };
  const changedFields = ["value", ...listNames.filter((name) => lists[name].length > 0)];
  if (fields.metadata.length > 0) changedFields.push("metadata");
  return {
    kind: "write",
    outcome: "created",
    fields,
    plaintext: { value: item.value, sealedDigest: undefined },
    expectedVersion: former?.version ?? 0,
    changedFields,
    listChanges: listChanges(noLists, lists),
    rule: decision.rule,
  };
}

function planUpdate({ principal, item, key, nowMs }: PlanInput, current: VerifiedSecret): SavePlan {
  const { stored, plaintext } = current;
  if (!isVisible(principal, stored)) {
    // Only inside one's own prefix does the store tell of a secret that is not visible.
    return { kind: "forbidden", failure: missingRight(item, key, "write") };
  }
  const owner = item.owner ?? stored.owner;
  const lists = mergeLists(stored.lists, item, principal.admin ? undefined : ownerOf(principal, stored));
  const mayRead = decide(principal, stored, "read").allowed;
  const valueChanges = item.value !== undefined && !(mayRead && sameText(item.value, plaintext.value));
  const metadataChanges = item.metadata !== undefined && !sameMetadata(item.metadata, stored.metadata);
  const changes = listChanges(stored.lists, lists);

  const needed: { readonly decision: Decision; readonly failure: Failure }[] = [];
  const need = (decision: Decision, failure: Failure) => needed.push({ decision, failure });
  const write = decide(principal, stored, "write");
  if (valueChanges || metadataChanges) need(write, missingRight(item, key, "write"));
  for (const { list } of changes) need(decideListChange(principal, stored, list), listDenied(item, key, list));
  if (owner !== stored.owner) {
    const rule = principal.admin ? "admin" : "admin-only";
    need({ allowed: principal.admin, rule }, ownerFailure(item, key));
  }
  if (needed.length === 0) {
    const read = decide(principal, stored, "read");
    need(read.allowed ? read : write, missingRight(item, key, "write"));
  }
  const denied = needed.find(({ decision }) => !decision.allowed);
  if (denied !== undefined) return { kind: "forbidden", failure: denied.failure };
  if (item.ifVersion !== undefined && item.ifVersion !== stored.version) {
    return stale(item, key, `is at version ${stored.version}`);
  }
  const invalid = valueFailure(item, key) ?? listFailure(item, key, lists);
  if (invalid !== undefined) return { kind: "invalid", failure: invalid };

  const rule = needed[0]?.decision.rule ?? "not-listed";
  const changedFields = [
    ...(valueChanges ? ["value"] : []),
    ...changes.map(({ list }) => list),
    ...(metadataChanges ? ["metadata"] : []),
    ...(owner === stored.owner ? [] : ["owner"]),
  ];
  if (changedFields.length === 0) return { kind: "unchanged", stored, rule };
  const { kid: _kid, envelope: _envelope, ...kept } = stored;
  return {
    kind: "write",
    outcome: "updated",
    fields: {
      ...kept,
      version: stored.version + 1,
      owner,
      lists,
      metadata: item.metadata ?? stored.metadata,
      updatedAtMs: nowMs,
      updatedBy: principal.slug,
      valueChangedAtMs: valueChanges ? nowMs : stored.valueChangedAtMs,
    },
    plaintext: valueChanges ? { value: item.value, sealedDigest: undefined } : plaintext,
    expectedVersion: stored.version,
    changedFields,
    listChanges: changes,
    rule,
  };
}

const noLists: AccessLists = {
  readers: [],
  writers: [],
  deleters: [],
  canChangeReaders: [],
  canChangeWriters: [],
  canChangeDeleters: [],
};

/** A non-admin who creates enters every list; an admin's lists are what was asked for. */
function createLists(principal: Principal, item: SaveItem): AccessLists {
  const creator = principal.admin ? [] : [principal.slug];
  const of = (name: ListName) => [...new Set([...(item.lists[name] ?? []), ...creator])].sort(byBytes);
  return {
    readers: of("readers"),
    writers: of("writers"),
    deleters: of("deleters"),
    canChangeReaders: of("canChangeReaders"),
    canChangeWriters: of("canChangeWriters"),
    canChangeDeleters: of("canChangeDeleters"),
  };
}

/** The slug whose place in the lists a save must leave as it is: a non-admin owner's own. */
function ownerOf(principal: Principal, stored: StoredSecret): string | undefined {
  return stored.owner === principal.slug ? principal.slug : undefined;
}

function mergeLists(stored: AccessLists, item: SaveItem, keep: string | undefined): AccessLists {
  const of = (name: ListName): readonly string[] => {
    const wanted = item.lists[name];
    if (wanted === undefined) return stored[name];
    if (keep === undefined || wanted.includes(keep) === stored[name].includes(keep)) return wanted;
    return stored[name].includes(keep) ? [...wanted, keep].sort(byBytes) : wanted.filter((entry) => entry !== keep);
  };
  return {
    readers: of("readers"),
    writers: of("writers"),
    deleters: of("deleters"),
    canChangeReaders: of("canChangeReaders"),
    canChangeWriters: of("canChangeWriters"),
    canChangeDeleters: of("canChangeDeleters"),
  };
}

function listChanges(before: AccessLists, after: AccessLists): readonly ListChange[] {
  return listNames
    .map((list) => ({
      list,
      added: after[list].filter((entry) => !before[list].includes(entry)),
      removed: before[list].filter((entry) => !after[list].includes(entry)),
    }))
    .filter(({ added, removed }) => added.length + removed.length > 0);
}

function createDenied(principal: Principal, item: SaveItem, key: string, former: StoredSecret | undefined): Failure {
  // Elsewhere than in one's own prefix a removed secret must look like one that never was.
  if (former !== undefined && namespaceOf(key) === principal.slug) return missingRight(item, key, "write");
  const message = `may not create ${key}: only admins create keys that do not start with '${principal.slug}/'`;
  return { reason: "FOREIGN_PREFIX", message, right: "create", ...where(item, key, "key") };
}

function listChangeDenied(
  principal: Principal,
  item: SaveItem,
  key: string,
  live: StoredSecret | undefined,
  former: StoredSecret,
): Failure | undefined {
  if (live === undefined) return undefined;
  for (const { list } of listChanges(former.lists, mergeLists(former.lists, item, ownerOf(principal, former)))) {
    if (!decideListChange(principal, live, list).allowed) return listDenied(item, key, list);
  }
  return ownerDenied(principal, item, key, former.owner);
}

function ownerDenied(principal: Principal, item: SaveItem, key: string, owner: string): Failure | undefined {
  return principal.admin || item.owner === undefined || item.owner === owner ? undefined : ownerFailure(item, key);
}

function ownerFailure(item: SaveItem, key: string): Failure {
  return {
    reason: "ADMIN_ONLY",
    message: `only an admin may change the owner of ${key}`,
    ...where(item, key, "owner"),
  };
}

function missingRight(item: SaveItem, key: string, right: Right): Failure {
  return { reason: "MISSING_RIGHT", message: `no right to ${right} ${key}`, right, ...where(item, key) };
}

function listDenied(item: SaveItem, key: string, list: ListName): Failure {
  const right = rights.find((candidate) => listOfRight[candidate] === changedBy[list]) ?? "change-readers";
  const message =
    changedBy[list] === list
      ? `no right to change ${list} of ${key}: only admins may, and its owner while listed in it`
      : `no right to ${right} of ${key}`;
  return { reason: "MISSING_RIGHT", message, right, ...where(item, key, list) };
}

/** The list that says who may change a list; the change lists answer for themselves. */
const changedBy: Record<ListName, ListName> = {
  readers: "canChangeReaders",
  writers: "canChangeWriters",
  deleters: "canChangeDeleters",
  canChangeReaders: "canChangeReaders",
  canChangeWriters: "canChangeWriters",
  canChangeDeleters: "canChangeDeleters",
};

function stale(item: SaveItem, key: string, fact: string): SavePlan {
  const message = `${key} ${fact}, not at version ${item.ifVersion}`;
  return { kind: "stale", failure: { reason: "STALE_VERSION", message, ...where(item, key, "ifVersion") } };
}

function fieldMissing(item: SaveItem, key: string): SavePlan {
  const message = `${key} does not exist, and to create it a value is needed`;
  return { kind: "invalid", failure: { reason: "INVALID_FIELD", message, ...where(item, key, "value") } };
}

function valueFailure(item: SaveItem, key: string): Failure | undefined {
  const { value, checksum } = item;
  if (value === undefined || checksum === undefined) return undefined;
  if (checksumMatches(checksum.algorithm, Buffer.from(value), checksum.digest)) return undefined;
  const message = `the ${checksum.algorithm} checksum given for ${key} is not that of the value given`;
  return { reason: "CHECKSUM_MISMATCH", message, ...where(item, key, "checksum") };
}

/** Creating adds the creator to every list, which can be one too many. */
function listFailure(item: SaveItem, key: string, lists: AccessLists): Failure | undefined {
  const list = listNames.find((name) => lists[name].length > limits.listEntries);
  if (list === undefined) return undefined;
  const message = `${list} of ${key} must have at most ${limits.listEntries} entries, you included`;
  const sizes = { limit: limits.listEntries, actual: lists[list].length };
  return { reason: "LIMIT_EXCEEDED", message, ...where(item, key, list), ...sizes };
}

function where(item: SaveItem, key: string, field?: string) {
  return { index: item.index, key, field: `secrets[${item.index}]${field === undefined ? "" : `.${field}`}` };
}

function sameText(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function sameMetadata(a: Metadata, b: Metadata): boolean {
  return a.length === b.length && a.every(([name, value], at) => b[at]?.[0] === name && b[at]?.[1] === value);
}
