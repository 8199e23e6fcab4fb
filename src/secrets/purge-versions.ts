import { type Failure, SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse, refuseAny } from "../rules/decision-record.ts";
import { requireAdmin } from "../rules/require-role.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { holdsNewest, purgeOf, withSameValue } from "./destroy-versions.ts";
import type { PurgedSecret } from "./purge-secrets.ts";
import { loadCurrent } from "./put-value.ts";
import { loadValueHistory, type ValueHistory } from "./value-version.ts";
import { checkVersionKey } from "./version-subject.ts";

export interface PurgeVersionsRequest {
  readonly keys: readonly string[];
  readonly oldVersions: boolean;
  readonly versions: readonly number[];
}

const action = "secret.purge";

/**
 * Permanently deletes some versions of one secret, with all that have the same value: all that are named, or none.
 * Admins only. The value that a secret has now stays: it must be replaced or removed first.
 */
export async function purgeVersions(
  context: Context,
  call: CallInfo,
  request: PurgeVersionsRequest,
): Promise<readonly PurgedSecret[]> {
  const { key, versions } = checkRequest(request);
  await requireAdmin(context, call, action, "purge secrets");
  return changeSecret(context, call, { action, key, grows: false }, async (): Promise<Decided<PurgedSecret[]>> => {
    const current = await loadCurrent(context, call, key);
    if (current === undefined) {
      const message = `there is no secret ${key}`;
      throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key, field: "keys[0]" }]);
    }
    const { version, removed } = current.stored;
    const history = await loadValueHistory(context, call, current.stored);
    const failures = versions.flatMap((number, index): Failure[] => {
      const failure = versionFailure(key, number, removed, history);
      return failure === undefined ? [] : [{ ...failure, key, index, field: `versions[${index}]` }];
    });
    await refuseAny(context, call, action, failures);
    return { ...purgeOf(key, version, withSameValue(history, versions)), result: [{ key, version }] };
  });
}

function checkRequest({ keys, oldVersions, versions }: PurgeVersionsRequest) {
  const [key = ""] = keys;
  if (oldVersions) {
    const message = "old_versions and versions must not both be set";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "versions" });
  }
  if (keys.length !== 1) {
    const message = `versions are those of one secret, but keys names ${keys.length}`;
    throw new SecretError({ reason: "INVALID_FIELD", message, field: "keys" });
  }
  checkVersionKey(key);
  if (versions.length > limits.historyVersions) {
    const message = `versions has ${versions.length} numbers; the limit is ${limits.historyVersions}`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "versions", limit: limits.historyVersions });
  }
  const zero = versions.indexOf(0);
  if (zero >= 0) {
    const message = "versions must be at least 1; ListVersions shows the retained ones";
    throw new SecretError({ reason: "INVALID_FIELD", message, field: `versions[${zero}]` });
  }
  return { key, versions };
}

function versionFailure(key: string, version: number, isRemoved: boolean, history: ValueHistory): Failure | undefined {
  const doomed = withSameValue(history, [version]);
  if (doomed.length === 0) {
    return { reason: "NOT_FOUND", message: `${key} has no retained version ${version} with a value` };
  }
  if (isRemoved || !holdsNewest(history, doomed)) return undefined;
  const message = `version ${version} has the current value of ${key}; save another value or remove the secret first`;
  return { reason: "IN_USE", message };
}
