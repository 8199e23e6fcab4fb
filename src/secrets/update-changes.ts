import { isSameBytes } from "../crypto/same-bytes.ts";
import type { Failure } from "../error.ts";
import {
  type Decision,
  decide,
  decideListChange,
  decideOwnerChange,
  decideUnchanged,
  type Principal,
  type Rule,
} from "../rules/access.ts";
import { type ListChange, listChanges, mergeLists } from "../rules/access-lists.ts";
import type { AccessLists, Metadata, StoredSecret } from "../store/secret-rows.ts";
import { sameValue } from "../text/secret-value.ts";
import type { SecretPlaintext } from "./document.ts";
import * as failures from "./save-failures.ts";
import type { SaveItem } from "./save-input.ts";

/** What an update would change, before it is decided whether it is permitted. */
export interface Changes {
  readonly owner: string;
  readonly ownerChanges: boolean;
  readonly lists: AccessLists;
  readonly listChanges: readonly ListChange[];
  readonly metadataChanges: boolean;
  readonly valueChanges: boolean;
}

/** Compares an item with what is stored. */
export function changesOf(
  principal: Principal,
  item: SaveItem,
  stored: StoredSecret,
  plaintext: SecretPlaintext,
): Changes {
  const owner = item.owner ?? stored.owner;
  const lists = mergeLists(principal, stored, item.lists);
  return {
    owner,
    ownerChanges: owner !== stored.owner,
    lists,
    listChanges: listChanges(stored.lists, lists),
    metadataChanges: item.metadata !== undefined && !sameMetadata(item.metadata, stored.metadata),
    valueChanges: valueChanges(principal, item, stored, plaintext),
  };
}

function valueChanges(
  principal: Principal,
  { value, encrypted }: SaveItem,
  stored: StoredSecret,
  plaintext: SecretPlaintext,
): boolean {
  if (value === undefined) return false;
  // A caller that sends the stored text again knows it already, and a match says nothing about any other text. So every
  // caller may learn of a match.
  if (encrypted !== undefined) return !sameBytes(encrypted.digest, plaintext.sealedDigest);
  // Callers who may not read must not learn whether a value is equal: for them every value is a change.
  const mayCompare = decide(principal, stored, "read").allowed;
  return !(mayCompare && plaintext.value !== undefined && sameValue(value, plaintext.value));
}

/** A save needs exactly the rights for what it changes. A save that changes nothing needs read or write. */
export function decideUpdate(
  principal: Principal,
  item: SaveItem,
  key: string,
  stored: StoredSecret,
  changes: Changes,
): Failure | { readonly rule: Rule } {
  const needed: { readonly decision: Decision; readonly failure: Failure }[] = [];
  const mayWrite = decide(principal, stored, "write");
  const write = { decision: mayWrite, failure: failures.missingRight(item, key, "write", mayWrite) };
  if (changes.valueChanges || changes.metadataChanges) needed.push(write);
  for (const { list } of changes.listChanges) {
    const decision = decideListChange(principal, stored, list);
    needed.push({ decision, failure: failures.listDenied(item, key, list, decision) });
  }
  if (changes.ownerChanges) {
    const decision = decideOwnerChange(principal, stored);
    needed.push({ decision, failure: failures.ownerDenied(item, key, decision) });
  }
  if (needed.length === 0) needed.push({ ...write, decision: decideUnchanged(principal, stored) });
  const denied = needed.find(({ decision }) => !decision.allowed);
  return denied?.failure ?? { rule: (needed[0] ?? write).decision.rule };
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && isSameBytes(a, b);
}

function sameMetadata(a: Metadata, b: Metadata): boolean {
  return a.length === b.length && a.every(([name, value], at) => b[at]?.[0] === name && b[at]?.[1] === value);
}
