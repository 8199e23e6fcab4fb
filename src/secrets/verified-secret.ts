import { IntegrityError } from "../crypto/integrity-error.ts";
import { type Failure, SecretError } from "../error.ts";
import { mapInSlices } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import {
  decideCreate,
  identitiesOf,
  isNarrowed,
  isVisible,
  isWithinGrants,
  mayLearnOf,
  type Principal,
} from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type GrantAction, grantActions, grantedGlobs } from "../rules/grants.ts";
import type { Expected } from "../rules/last-changes.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SecretLookup, VisibleTo } from "../store/secret-store.ts";
import { openDocument, type SecretPlaintext } from "./document.ts";
import { sizeOf } from "./find-in-parts.ts";

/** A stored secret whose integrity was verified. */
export interface VerifiedSecret {
  readonly stored: StoredSecret;
  readonly plaintext: SecretPlaintext;
}

/** The grants that give a right on a secret that exists. */
export const rightActions: readonly GrantAction[] = grantActions.filter((action) => action !== "create");

/**
 * Looks up by key what `principal` may know of: secrets that are visible to it, removed ones that it may bring back
 * and, where it may create keys, every secret. Elsewhere an invisible secret takes the same time as one that does not
 * exist. A key outside the grants is not looked up at all. Throws LIMIT_EXCEEDED when they are more than one batch may
 * have in memory.
 */
export async function loadByKeys(
  context: Context,
  principal: Principal,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredSecret>> {
  const { tenant } = principal;
  const ownKeys = keys.filter((key) => mayLearnOf(principal, key));
  const otherKeys = keys.filter((key) => !mayLearnOf(principal, key) && isWithinGrants(principal, key, grantActions));
  const maxBytes = limits.batchStoredBytes;
  const [own, other] = await Promise.all([
    ownKeys.length === 0 ? [] : context.store.findSecrets({ tenant, keys: ownKeys, visibleTo: "everyone", maxBytes }),
    otherKeys.length === 0
      ? []
      : context.store.findSecrets({ tenant, keys: otherKeys, visibleTo: visibleTo(principal), maxBytes }),
  ]);
  requireBatchSize([...own, ...other]);
  const visible = other.filter((secret) => leavesARight(principal, secret) || mayBringBack(principal, secret));
  return new Map([...own, ...visible].map((secret) => [secret.key, secret]));
}

function requireBatchSize(found: readonly StoredSecret[]): void {
  const limit = limits.batchStoredBytes;
  const actual = sizeOf(found);
  if (actual < limit || found.length < 2) return;
  const message = `the stored secrets that one call changes must be less than ${limit} bytes together: name fewer of them`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, limit, actual });
}

/** Whose secrets a query returns at most. A narrowed token sees fewer. */
export function visibleTo(principal: Principal): VisibleTo {
  return principal.admin ? "everyone" : identitiesOf(principal);
}

/**
 * The secrets that an index has for these ids. For a narrowed token, only those on which one of `actions` is granted.
 */
export async function findByIds(
  context: Context,
  principal: Principal,
  ids: readonly string[],
  actions: readonly GrantAction[],
  upTo: Pick<SecretLookup, "maxBytes"> = {},
): Promise<readonly StoredSecret[]> {
  const lookup = { tenant: principal.tenant, ids, visibleTo: visibleTo(principal), ...upTo };
  if (!isNarrowed(principal)) return context.store.findSecrets(lookup);
  return context.store.findSecrets({ ...lookup, globs: grantedGlobs(principal.grants, actions) });
}

/** Whether the caller may bring back a removed secret, which is possible for a while. */
export function canBringBack(principal: Principal, secret: StoredSecret, nowMs: number): boolean {
  return secret.updatedAtMs > nowMs - limits.undeleteMs && mayBringBack(principal, secret);
}

function mayBringBack(principal: Principal, secret: StoredSecret): boolean {
  return secret.removed && decideCreate(principal, secret.key, secret).allowed;
}

/** The index considers only the user's rights. A secret on which a narrowed token has no right is dropped at once. */
function leavesARight(principal: Principal, secret: StoredSecret): boolean {
  return !isNarrowed(principal) || isVisible(principal, { ...secret, removed: false });
}

/**
 * Looks up by id what is visible to `principal`. Skips removed secrets. If the removal itself does not verify, the
 * secret is returned, so that it is reported as damaged.
 */
export async function loadByIds(
  context: Context,
  principal: Principal,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredSecret>> {
  if (ids.length === 0) return new Map();
  const found = await findByIds(context, principal, ids, rightActions, { maxBytes: limits.batchStoredBytes });
  requireBatchSize(found);
  const isGone = (secret: StoredSecret) => secret.removed && isIntact(context, secret);
  const shown = found.filter((secret) => leavesARight(principal, secret) && !isGone(secret));
  return new Map(shown.map((secret) => [secret.id, secret]));
}

/** Verifies a document before anything is decided on it. Returns the failure when it does not verify. */
export function verify(context: Context, stored: StoredSecret): VerifiedSecret | Failure {
  try {
    return { stored, plaintext: openDocument(context.keyring, stored) };
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const { tenant, key } = stored;
    context.integrity.note({ kind: "secret", cause: "edited", tenant, name: key });
    return { reason: "INTEGRITY", message: `the stored document of ${key} does not verify`, key };
  }
}

/**
 * Verifies documents, and compares those that verify with their last change. `expected` was asked for together with the
 * documents.
 */
export async function verifyLatest(
  context: Context,
  found: Iterable<StoredSecret>,
  expected: Expected,
): Promise<ReadonlyMap<StoredSecret, VerifiedSecret | Failure>> {
  const results = new Map(await mapInSlices(found, (stored) => [stored, verify(context, stored)] as const));
  const intact = [...results].flatMap(([stored, result]) => (isFailure(result) ? [] : [stored]));
  for (const stored of await expected.compare(intact)) results.set(stored, putBackFailure(context, stored));
  return results;
}

/** The failure of a document that verifies, but is older than its last change. */
export function putBackFailure({ integrity }: Pick<Context, "integrity">, { tenant, key }: StoredSecret): Failure {
  integrity.note({ kind: "secret", cause: "put-back", tenant, name: key });
  return { reason: "INTEGRITY", message: `the stored document of ${key} is older than its last change`, key };
}

function isIntact({ keyring }: Context, stored: StoredSecret): boolean {
  try {
    openDocument(keyring, stored);
    return true;
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}

export function isFailure(result: VerifiedSecret | Failure): result is Failure {
  return "reason" in result;
}
