import { placeFilter, unchangedAction } from "../audit/save-action.ts";
import { decideCreate, ownersOf, permitOf } from "../rules/access.ts";
import { createLists } from "../rules/access-lists.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import type { Metadata } from "../store/secret-rows.ts";
import type { Decided } from "./change-secret.ts";
import { documentFormat, type SecretFields } from "./document.ts";
import type { VerifiedSecret } from "./verified-secret.ts";
import { newIdFor } from "./wanted-id.ts";

export interface PlaceToPlan {
  readonly key: string;
  /** What was removed under this key, if anything. */
  readonly current: VerifiedSecret | undefined;
  readonly metadata: Metadata;
  readonly takenIds: ReadonlySet<string>;
}

/**
 * A place: the metadata of a secret that has no value, or none any more. It is stored as a removed secret, so that it
 * is in no list, watchers learn nothing of it, and it is purged like one. The caller must be allowed to create the
 * secret.
 */
export function planPlace(
  context: Context,
  { caller }: CallInfo,
  { key, current, metadata, takenIds }: PlaceToPlan,
): Omit<Decided<void>, "result"> {
  const nowMs = context.now();
  const { rule } = decideCreate(caller, key, current?.stored);
  const changed = { metadata, updatedAtMs: nowMs, updatedBy: caller.slug, removed: true };
  const expectedVersion = current?.stored.version ?? 0;
  const plaintext = { value: undefined, sealedDigest: undefined };
  const version = expectedVersion + 1;
  const entry = { decision: "allowed", rule, key, version, filter: placeFilter } as const;
  if (current !== undefined) {
    const { kid: _kid, envelope: _envelope, ...fields } = current.stored;
    if (areEqual(fields.metadata, metadata))
      return { entry: { ...entry, action: unchangedAction, version: expectedVersion } };
    return { write: { fields: { ...fields, ...changed, version }, plaintext, expectedVersion }, entry };
  }
  const owner = caller.admin ? undefined : ownersOf(caller, key)[0];
  const permit = owner === undefined ? undefined : permitOf(caller, key, owner);
  const fields: SecretFields = {
    format: documentFormat,
    tenant: caller.tenant,
    id: newIdFor(caller.tenant, key, undefined, (id) => takenIds.has(id)),
    key,
    version,
    owner: owner ?? caller.slug,
    lists: createLists(owner, {}),
    createdAtMs: nowMs,
    createdBy: caller.slug,
    valueChangedAtMs: nowMs,
    ...changed,
  };
  return { write: { fields, plaintext, expectedVersion, permit }, entry };
}

function areEqual(a: Metadata, b: Metadata): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
