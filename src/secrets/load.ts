import { IntegrityError } from "../crypto/integrity-error.ts";
import type { StoredSecret } from "../store/store.ts";
import { identitiesOf, type Principal } from "./access.ts";
import type { Context } from "./context.ts";
import { openDocument } from "./document.ts";
import type { Failure } from "./error.ts";
import { namespaceOf } from "./key.ts";
import type { VerifiedSecret } from "./plan-save.ts";

/**
 * Looks up what `principal` may be told of by key: what is visible to it and, inside its own prefix, everything. Elsewhere
 * a secret that is not visible costs the same as one that does not exist.
 */
export async function loadByKeys(
  context: Context,
  principal: Principal,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredSecret>> {
  const { tenant } = principal;
  const ownKeys = principal.admin ? keys : keys.filter((key) => namespaceOf(key) === principal.slug);
  const otherKeys = principal.admin ? [] : keys.filter((key) => namespaceOf(key) !== principal.slug);
  const [own, other] = await Promise.all([
    ownKeys.length === 0 ? [] : context.store.findSecrets({ tenant, keys: ownKeys, visibleTo: "everyone" }),
    otherKeys.length === 0
      ? []
      : context.store.findSecrets({ tenant, keys: otherKeys, visibleTo: identitiesOf(principal) }),
  ]);
  return new Map([...own, ...other].map((secret) => [secret.key, secret]));
}

/** Looks up what is visible to `principal` by id. Removed secrets are not, unless that they are removed does not verify. */
export async function loadByIds(
  context: Context,
  principal: Principal,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredSecret>> {
  if (ids.length === 0) return new Map();
  const visibleTo = principal.admin ? "everyone" : identitiesOf(principal);
  const found = await context.store.findSecrets({ tenant: principal.tenant, ids, visibleTo });
  const isGone = (secret: StoredSecret) => secret.removed && !isFailure(verify(context, secret));
  return new Map(found.filter((secret) => !isGone(secret)).map((secret) => [secret.id, secret]));
}

/** Verifies a document before anything is decided on it; gives the failure when it does not verify. */
export function verify(context: Context, stored: StoredSecret): VerifiedSecret | Failure {
  try {
    return { stored, plaintext: openDocument(context.keyring, stored) };
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const { key } = stored;
    return { reason: "INTEGRITY", message: `the stored document of ${key} does not verify`, key };
  }
}

export function isFailure(result: VerifiedSecret | Failure): result is Failure {
  return "reason" in result;
}
