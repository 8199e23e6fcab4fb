import type { Failure } from "../error.ts";
import {
  type Decision,
  decide,
  decideCreate,
  decideListChange,
  isVisible,
  mayLearnOf,
  ownersOf,
  type Principal,
  permitOf,
  type Rule,
} from "../rules/access.ts";
import { createLists, type ListChange, listChanges, mergeLists, noLists } from "../rules/access-lists.ts";
import type { AccessLists, Metadata, StoredSecret } from "../store/secret-rows.ts";
import type { NeededPermit } from "../store/secret-store.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { documentFormat, type SecretFields, type SecretPlaintext } from "./document.ts";
import { type EncryptedInput, misplacedRule } from "./encrypted-input.ts";
import * as failures from "./save-failures.ts";
import type { SaveItem } from "./save-input.ts";
import { type Changes, changesOf, decideUpdate } from "./update-changes.ts";
import type { VerifiedSecret } from "./verified-secret.ts";
import { idFailure } from "./wanted-id.ts";

/** The result of deciding a save of one secret. Failures of an earlier kind hide those of a later kind. */
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
      /** 0: there is no document with this key. */
      readonly expectedVersion: number;
      /** The lists of the live document that is replaced; absent for a creation. */
      readonly formerLists?: AccessLists;
      /** The stored document does not verify, and nothing of it is taken over. */
      readonly replacesDamaged?: true;
      readonly changedFields: readonly string[];
      readonly listChanges: readonly ListChange[];
      readonly rule: string;
      /** The permit under which the key is created. */
      readonly permit?: NeededPermit | undefined;
      /** Set while the value is missing in `plaintext` because it must be opened first. */
      readonly toOpen?: {
        readonly item: SaveItem;
        readonly encrypted: EncryptedInput;
        /** The stored value, and the plan if the opened one is equal. Only for callers who may read it. */
        readonly stored?: { readonly value: SecretValue; readonly planIfEqual: SavePlan };
      };
    };

export interface PlanInput {
  readonly principal: Principal;
  readonly item: SaveItem;
  /** The key that the item names, directly or by its id. */
  readonly key: string;
  /** The secret under that key, also a removed one, as far as this principal may know of it. */
  readonly current: VerifiedSecret | undefined;
  /** The id that a new secret gets. */
  readonly newId: string;
  /** Another secret, live or removed, has the id that the item names. */
  readonly isIdTaken: boolean;
  readonly nowMs: number;
  /** A removed secret that is brought back keeps its lists, also when an admin does it. */
  readonly keepsLists?: boolean;
  /** The caller has seen another value than the current one. */
  readonly isOutdated?: boolean;
}

/** Decides what saving one item does. It has no side effects, so that a plan and the real save cannot differ. */
export function planSave(input: PlanInput): SavePlan {
  const { principal, item, key, current } = input;
  if (item.encrypted?.format === "legacy" && !principal.admin) {
    return { kind: "forbidden", failure: failures.legacyDenied(item, key) };
  }
  return current === undefined || current.stored.removed ? planCreate(input) : planUpdate(input, current);
}

function checkId(input: PlanInput): Failure | undefined {
  return idFailure({ ...input, storedId: input.current?.stored.id });
}

function planCreate(input: PlanInput): SavePlan {
  const { principal, item, key, current } = input;
  const former = current?.stored;
  const owner = newOwner(principal, item, key);
  // Only an admin's creation starts from scratch. Any other user brings back the removed secret with its lists.
  const lists =
    former === undefined || (principal.admin && input.keepsLists !== true)
      ? createLists(owner, item.lists)
      : mergeLists(principal, former, item.lists);
  const decision = decideCreate(principal, key, former);
  const denied = creationDenied(input, decision, former, lists);
  if (denied !== undefined) return { kind: "forbidden", failure: denied };
  if (input.isOutdated === true || (item.ifVersion !== undefined && item.ifVersion !== 0)) {
    return { kind: "stale", failure: failures.staleVersion(item, key, "does not exist") };
  }
  const invalid = checkId(input) ?? failures.contentFailure(item, key, lists) ?? misplaced(input);
  if (invalid !== undefined) return { kind: "invalid", failure: invalid };
  if (item.value === undefined) return { kind: "invalid", failure: failures.valueMissing(item, key) };
  const changes = listChanges(noLists, lists);
  const metadata = item.metadata ?? [];
  return {
    kind: "write",
    outcome: "created",
    fields: createdFields(input, former, lists, metadata),
    ...givenPlaintext(item),
    expectedVersion: former?.version ?? 0,
    changedFields: ["value", ...changes.map(({ list }) => list), ...(metadata.length > 0 ? ["metadata"] : [])],
    listChanges: changes,
    rule: decision.rule,
    permit: former === undefined && owner !== undefined ? permitOf(principal, key, owner) : undefined,
  };
}

/** The owner of a new secret, which enters its lists. Undefined for one of an admin. */
function newOwner(principal: Principal, item: SaveItem, key: string): string | undefined {
  if (principal.admin) return undefined;
  const owners = ownersOf(principal, key);
  return item.owner !== undefined && owners.includes(item.owner) ? item.owner : owners[0];
}

function creationDenied(
  { principal, item, key }: PlanInput,
  decision: Decision,
  former: StoredSecret | undefined,
  lists: AccessLists,
): Failure | undefined {
  if (!decision.allowed) {
    // To a user who may not create the key, a removed secret must look like one that never existed.
    const mayKnow = former !== undefined && mayLearnOf(principal, key);
    return mayKnow ? failures.missingRight(item, key, "write", decision) : failures.mayNotCreate(item, key, principal);
  }
  if (principal.admin) return undefined;
  if (former !== undefined) {
    const live = { ...former, removed: false };
    for (const { list } of listChanges(former.lists, lists)) {
      const decided = decideListChange(principal, live, list);
      if (!decided.allowed) return failures.listDenied(item, key, list, decided);
    }
  }
  const owners = former === undefined ? ownersOf(principal, key) : [former.owner];
  return item.owner === undefined || owners.includes(item.owner) ? undefined : failures.ownerDenied(item, key);
}

function createdFields(
  { principal, item, key, newId, nowMs }: PlanInput,
  former: StoredSecret | undefined,
  lists: AccessLists,
  metadata: Metadata,
): SecretFields {
  return {
    format: documentFormat,
    tenant: principal.tenant,
    id: former?.id ?? newId,
    key,
    version: (former?.version ?? 0) + 1,
    owner: item.owner ?? former?.owner ?? newOwner(principal, item, key) ?? principal.slug,
    lists,
    metadata,
    createdAtMs: former?.createdAtMs ?? nowMs,
    createdBy: former?.createdBy ?? principal.slug,
    updatedAtMs: nowMs,
    updatedBy: principal.slug,
    valueChangedAtMs: nowMs,
    removed: false,
  };
}

function planUpdate(input: PlanInput, { stored, plaintext }: VerifiedSecret): SavePlan {
  const { principal, item, key } = input;
  // An invisible secret gets here only if the principal may create its key.
  if (!isVisible(principal, stored)) {
    const denied = failures.missingRight(item, key, "write", decide(principal, stored, "write"));
    return { kind: "forbidden", failure: denied };
  }
  const changes = changesOf(principal, item, stored, plaintext);
  const decided = decideUpdate(principal, item, key, stored, changes);
  if ("reason" in decided) return { kind: "forbidden", failure: decided };
  if (input.isOutdated === true || (item.ifVersion !== undefined && item.ifVersion !== stored.version)) {
    return { kind: "stale", failure: failures.staleVersion(item, key, `is at version ${stored.version}`) };
  }
  const invalid =
    checkId(input) ??
    failures.contentFailure(item, key, changes.lists) ??
    (changes.valueChanges ? misplaced(input) : undefined);
  if (invalid !== undefined) return { kind: "invalid", failure: invalid };

  return planChanges(input, { stored, plaintext }, changes, decided.rule);
}

function planChanges(input: PlanInput, verified: VerifiedSecret, changes: Changes, rule: Rule): SavePlan {
  const { principal, item, nowMs } = input;
  const { stored, plaintext } = verified;
  const changedFields = [
    ...(changes.valueChanges ? ["value"] : []),
    ...changes.listChanges.map(({ list }) => list),
    ...(changes.metadataChanges ? ["metadata"] : []),
    ...(changes.ownerChanges ? ["owner"] : []),
  ];
  if (changedFields.length === 0) return { kind: "unchanged", stored, rule };
  const { kid: _kid, envelope: _envelope, ...fields } = stored;
  return {
    kind: "write",
    outcome: "updated",
    fields: {
      ...fields,
      version: stored.version + 1,
      owner: changes.owner,
      lists: changes.lists,
      metadata: item.metadata ?? stored.metadata,
      updatedAtMs: nowMs,
      updatedBy: principal.slug,
      valueChangedAtMs: changes.valueChanges ? nowMs : stored.valueChangedAtMs,
    },
    ...(changes.valueChanges ? updatedPlaintext(input, verified, changes, rule) : { plaintext }),
    expectedVersion: stored.version,
    formerLists: stored.lists,
    changedFields,
    listChanges: changes.listChanges,
    rule,
  };
}

/**
 * The value as the item has it. A sealed one may hold the stored value under a newer sealing key, which does not change
 * the value. Only a caller who may read learns of that.
 */
function updatedPlaintext(input: PlanInput, verified: VerifiedSecret, changes: Changes, rule: Rule) {
  const given = givenPlaintext(input.item);
  const { value } = verified.plaintext;
  const mayCompare = value !== undefined && decide(input.principal, verified.stored, "read").allowed;
  if (given.toOpen === undefined || !mayCompare) return given;
  const planIfEqual = planChanges(input, verified, { ...changes, valueChanges: false }, rule);
  return { ...given, toOpen: { ...given.toOpen, stored: { value, planIfEqual } } };
}

/** The value as the item has it. An encrypted value is opened last, when all else is decided. */
function givenPlaintext(item: SaveItem): {
  readonly plaintext: SecretPlaintext;
  readonly toOpen?: { readonly item: SaveItem; readonly encrypted: EncryptedInput };
} {
  const { value, encrypted } = item;
  if (encrypted === undefined) return { plaintext: { value, sealedDigest: undefined } };
  return { plaintext: { value: undefined, sealedDigest: encrypted.digest }, toOpen: { item, encrypted } };
}

function misplaced({ principal, item, key }: PlanInput): Failure | undefined {
  const rule = item.encrypted?.format === "sealed" ? misplacedRule(item.encrypted.sealed, principal, key) : undefined;
  return rule === undefined ? undefined : failures.notSealed(item, key, rule);
}
