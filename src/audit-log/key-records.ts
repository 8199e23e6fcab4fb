import type { Failure } from "../error.ts";
import { decideRecords, type Rule } from "../rules/access.ts";
import { type IdentityCall, isIssued } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import { refuse, refuseAny } from "../rules/decision-record.ts";
import { knownSubject } from "../rules/explain.ts";
import { requireWholeToken } from "../rules/require-role.ts";
import { isFailure, loadByKeys, verifyLatest } from "../secrets/verified-secret.ts";

/** Which records of a key a caller may see. */
export interface KeyRecords {
  readonly key: string;
  /** The rule by which they may. */
  readonly rule: Rule;
  /** The oldest of them. Under a key that was purged, another secret may have been before. */
  readonly fromMs: number;
}

/**
 * Decides for each key whether the caller may see who did what with it: admins, users who may write the secret, and
 * its owner while they have a right on it. Never principals of token issuers, nor narrowed tokens. Throws unless all of
 * them may be seen. `fieldOf` names the field with a key.
 */
export async function requireKeyRecords(
  context: Context,
  call: IdentityCall,
  action: string,
  keys: readonly string[],
  fieldOf: (index: number) => string,
): Promise<readonly KeyRecords[]> {
  const { caller } = call;
  await requireWholeToken(context, call, action);
  if (caller.admin) return keys.map((key) => ({ key, rule: "admin", fromMs: 0 }));
  if (isIssued(caller)) {
    const message = "only users of the service may see who did what, not principals of a token issuer";
    throw await refuse(context, call, action, [{ reason: "ADMIN_ONLY", message }]);
  }
  const expected = context.lastChanges.expect(caller.tenant, keys, "read");
  const found = await loadByKeys(context, caller, keys);
  const results = await verifyLatest(context, found.values(), expected);
  const failures: Failure[] = [];
  const seen: KeyRecords[] = [];
  for (const [index, key] of keys.entries()) {
    const at = { key, index, field: fieldOf(index) };
    const stored = found.get(key);
    const result = stored && results.get(stored);
    if (result !== undefined && isFailure(result)) {
      failures.push({ ...result, ...at });
      continue;
    }
    const secret = knownSubject(caller, key, result?.stored);
    const { allowed, rule } = decideRecords(caller, secret);
    if (secret === undefined) {
      failures.push({ reason: "NOT_FOUND", message: `there is no secret ${key} that you can see`, ...at });
    } else if (allowed) {
      seen.push({ key, rule, fromMs: secret.createdAtMs });
    } else {
      const message = `the records of ${key} are for admins, users who may write it, and its owner`;
      failures.push({ reason: "MISSING_RIGHT", message, right: "write", ...at });
    }
  }
  await refuseAny(context, call, action, failures);
  return seen;
}
