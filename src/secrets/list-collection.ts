import type { AuditRecord } from "../audit/record.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import type { Reason } from "../error.ts";
import { limits } from "../limits.ts";
import { decide, isNarrowed, isVisible, type Principal, rightsOn } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import type { GrantAction } from "../rules/grants.ts";
import { expireAtOf, type SecretState, stateOf } from "../rules/state.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretName } from "../store/secret-store.ts";
import type { Right } from "../text/access-list-names.ts";
import { globMatches } from "../text/glob.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { openDocument } from "./document.ts";
import { hasText, type ListFilter, type SecretView } from "./list-filter.ts";
import { type ListedFacts, listedFacts, textBytes } from "./listed-facts.ts";
import { createVerifiedFields, type VerifiedFields } from "./verified-fields.ts";
import { canBringBack, rightActions } from "./verified-secret.ts";

export interface ShownSecret extends Due {
  readonly secret: StoredSecret;
  /** Only in the full view. */
  readonly value: SecretValue | undefined;
  /** What the caller may do with it. */
  readonly rights: readonly Right[];
}

/** What the metadata says at the time of the list. */
interface Due {
  readonly state: SecretState;
  readonly expireAtMs: number | undefined;
}

/** A secret as a list shows it without its value. */
export function showSecret(secret: StoredSecret, rights: readonly Right[], nowMs: number): ShownSecret {
  const { metadata, valueChangedAtMs } = secret;
  const expireAtMs = expireAtOf(metadata);
  const state = stateOf(metadata, valueChangedAtMs, nowMs, expireAtMs, limits.expiringMs);
  return { secret, value: undefined, state, expireAtMs, rights };
}

/** A folder with the number of secrets in it that the caller may see. */
export interface ShownFolder {
  readonly path: string;
  readonly secrets: number;
  readonly expiring: number;
  readonly expired: number;
  readonly rotationDue: number;
  /** There are more than are counted. */
  readonly more: boolean;
}

/** Where a list stopped. */
export interface Listed {
  /** The key to continue after; undefined at the end. */
  readonly next: string | undefined;
  readonly missingKeys: readonly string[];
  readonly missingIds: readonly string[];
}

export const nothingMissing = { missingKeys: [], missingIds: [] };

/** What a list has collected so far, and how it decides. */
export interface ListCollection {
  readonly context: Context;
  readonly verifiedFields: VerifiedFields;
  /** Rows that were read without their envelopes, because their fields were known to verify at that time. */
  readonly readAsVerified: WeakSet<StoredSecret>;
  readonly call: CallInfo;
  readonly view: SecretView;
  readonly filter: ListFilter;
  readonly nowMs: number;
  readonly secrets: ShownSecret[];
  /** Instead of `secrets`, in the view of keys. */
  readonly names: SecretName[];
  readonly folders: ShownFolder[];
  readonly errors: { readonly key: string; readonly reason: Reason }[];
  /** One for each shown value, and one for each secret that does not verify. */
  readonly records: AuditRecord[];
  bytes: number;
  readonly maxBytes: number;
}

export function createCollection(
  context: Context,
  call: CallInfo,
  view: SecretView,
  filter: ListFilter,
  maxBytes: number,
): ListCollection {
  return {
    context,
    verifiedFields: verifiedFieldsOf(context),
    readAsVerified: new WeakSet(),
    call,
    view,
    filter,
    nowMs: context.now(),
    secrets: [],
    names: [],
    folders: [],
    errors: [],
    records: [],
    bytes: 0,
    maxBytes,
  };
}

/** One memory for each keyring, and so for each store. */
const memories = new WeakMap<Keyring, VerifiedFields>();

function verifiedFieldsOf({ keyring }: Context): VerifiedFields {
  const known = memories.get(keyring) ?? createVerifiedFields();
  memories.set(keyring, known);
  return known;
}

/** How many secrets the answer mentions so far. */
export function countOf({ secrets, names, folders, errors }: ListCollection): number {
  return secrets.length + names.length + folders.length + errors.length;
}

export function isFull(collection: ListCollection): boolean {
  return collection.bytes >= collection.maxBytes;
}

/**
 * Adds a secret if the filter and the lists allow it. It comes from an index that may lie. False when it is not shown.
 */
export function addSecret(collection: ListCollection, secret: StoredSecret): boolean {
  const facts = listedFacts(secret);
  const due = dueOf(collection, secret, facts);
  if (!isSelected(collection.filter, secret, due)) return false;
  const { caller } = collection.call;
  // For a narrowed token, check before a value is opened or reported as damaged: the query does not consider grants.
  if (isNarrowed(caller) && !isListed(collection, secret)) return false;
  if (collection.view === "full") return addFull(collection, secret, due);
  // Edited lists decide nothing, and are not shown.
  if (!hasVerifiedFields(collection, secret) || !facts.isPresentable)
    return addBroken(collection, secret, "secret.list");
  if (!isListed(collection, secret)) return false;
  if (collection.view === "keys") addName(collection, { key: secret.key, id: secret.id });
  else addShown(collection, secret, undefined, due);
  return true;
}

/** Whether the list is of live secrets that the caller can see, or of removed ones that it may bring back. */
function isListed({ call, filter, nowMs }: ListCollection, secret: StoredSecret): boolean {
  return filter.removed ? canBringBack(call.caller, secret, nowMs) : isVisible(call.caller, secret);
}

/** Adds a name as the index has it: views without values may rely on the index. */
export function addName(collection: ListCollection, name: SecretName): void {
  collection.names.push(name);
  collection.bytes += nameBytes;
}

/** Whether an earlier page of the same request has shown the secret. */
export function wasShown(collection: ListCollection, secret: StoredSecret): boolean {
  const { call, view, filter } = collection;
  if (!isSelected(filter, secret, dueOf(collection, secret, listedFacts(secret)))) return false;
  return view === "full" ? decide(call.caller, secret, "read").allowed : isVisible(call.caller, secret);
}

function dueOf({ filter, nowMs }: ListCollection, secret: StoredSecret, { expireAtMs }: ListedFacts): Due {
  const { metadata, valueChangedAtMs } = secret;
  return { expireAtMs, state: stateOf(metadata, valueChangedAtMs, nowMs, expireAtMs, filter.expiringMs) };
}

function addFull(collection: ListCollection, secret: StoredSecret, due: Due): boolean {
  const { context, call, nowMs, records } = collection;
  const { key, version } = secret;
  const opened = openForReading(context, call.caller, secret);
  if (opened.status === "denied") return false;
  if (opened.status === "broken") return addBroken(collection, secret, "secret.read");
  addShown(collection, secret, opened.value, due);
  const entry = { action: "secret.read", decision: "allowed", rule: opened.rule, key, version } as const;
  records.push(auditRecord(call, nowMs, entry));
  return true;
}

function addShown(
  collection: ListCollection,
  secret: StoredSecret,
  value: SecretValue | undefined,
  { state, expireAtMs }: Due,
): void {
  const shown = value === undefined ? withoutLargeEnvelope(secret) : secret;
  collection.secrets.push({
    secret: shown,
    value,
    state,
    expireAtMs,
    rights: rightsOn(collection.call.caller, secret),
  });
  collection.bytes += shownBytes(secret, value);
}

/** A view without values has room for many more secrets than there is for their values. */
function withoutLargeEnvelope(secret: StoredSecret): StoredSecret {
  return secret.envelope.length <= smallEnvelopeBytes ? secret : { ...secret, envelope: noEnvelope };
}

/** True for fields that were verified before. Otherwise the secret must have its envelope. */
function hasVerifiedFields({ context, verifiedFields, readAsVerified }: ListCollection, secret: StoredSecret): boolean {
  if (readAsVerified.has(secret) || verifiedFields.has(secret)) return true;
  try {
    openDocument(context.keyring, secret);
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
  verifiedFields.add(secret);
  return true;
}

function addBroken(
  { context, call, nowMs, errors, records }: ListCollection,
  secret: StoredSecret,
  action: string,
): true {
  const { tenant, key } = secret;
  context.integrity.note({ kind: "secret", cause: "edited", tenant, name: key });
  errors.push({ key, reason: "INTEGRITY" });
  records.push(auditRecord(call, nowMs, { action, decision: "refused", rule: "integrity", key }));
  return true;
}

type Opened =
  | { readonly status: "open"; readonly value: SecretValue; readonly rule: string }
  | { readonly status: "denied" }
  | { readonly status: "broken" };

/** Verifies first, then decides on the verified document: the lists in the index may lie. */
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

function isSelected(filter: ListFilter, secret: StoredSecret, { state }: Due): boolean {
  const { prefix, glob, state: wanted } = filter;
  const { key } = secret;
  if (!key.startsWith(prefix) || (glob !== undefined && !globMatches(glob, key))) return false;
  return (wanted === undefined || wanted === state) && hasText(filter, secret);
}

const smallEnvelopeBytes = 1024;
const noEnvelope = new Uint8Array(0);

/** The approximate size of a name in an answer, with the longest usual key. */
const nameBytes = 120;

/** Bytes are base64 in JSON. */
function valueBytes(value: SecretValue): number {
  return typeof value === "string" ? textBytes(value) : Math.ceil((value.length * 4) / 3) + 3;
}

function shownBytes(secret: StoredSecret, value: SecretValue | undefined): number {
  return listedFacts(secret).bytes + (value === undefined ? 0 : valueBytes(value));
}

/** The actions of which a narrowed token needs one to see a secret. */
export function actionsFor(view: SecretView): readonly GrantAction[] {
  return view === "full" ? ["read"] : rightActions;
}
