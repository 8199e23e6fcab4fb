import { placeFilter } from "../audit/save-action.ts";
import { limits } from "../limits.ts";
import type { RecordedChange } from "../store/audit-page.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import type { StoredSecret } from "../store/secret-rows.ts";

// Whether a row was put back from an earlier time. Records of one chain are in order. Those of different processes have
// only their times, and a clock may be wrong, or may have been set back: what can be explained by that raises no alarm.

/** `unknown`: the log has no record of it, as after a restore, or once records were dropped for their age. */
export type Verdict = "current" | "unknown" | "doubtful";

type SecretRow = Pick<StoredSecret, "version" | "removed" | "updatedAtMs">;

/** How far the clocks of two processes may be apart, or be set back between them. */
const clockSlackMs = 3_600_000;

/**
 * Compares a row with the newest records of changes of its key. `doubtful` may also be a change that was made a moment
 * ago, or a clock that was set back.
 */
export function judgeSecret(row: SecretRow, newestFirst: readonly RecordedChange[]): Verdict {
  const [newest] = newestFirst;
  if (newest === undefined) return "unknown";
  return fits(row, newest) && newestVersion(newestFirst) <= row.version ? "current" : "doubtful";
}

/**
 * The newest version that these records have, 0 when the secret is gone. It need not be in the first of them: two
 * processes may write in the same millisecond, and their clocks differ.
 */
export function newestVersion(newestFirst: readonly RecordedChange[]): number {
  const purgedAt = newestFirst.findIndex(isGone);
  const since = purgedAt < 0 ? newestFirst : newestFirst.slice(0, purgedAt);
  return Math.max(0, ...since.map(({ version }) => version));
}

/** Whether a secret is older than its last change. `changes` are its newest records, read before the row. */
export function isSecretBehind(row: SecretRow, changes: readonly RecordedChange[]): boolean {
  const purges = changes.filter(isGone);
  const made = changes.filter((change) => !isGone(change));
  const since = made.filter((change) => purges.every((purge) => isAfter(change, purge, 0)));
  if (since.some(({ version }) => version > row.version)) return true;
  const perhapsSince = made.filter((change) => purges.every((purge) => isAfter(change, purge, clockSlackMs)));
  if (perhapsSince.some((change) => fits(row, change))) return false;
  // No change since the last purge made this row.
  if (purges.length > 0) return purges.some(({ timeMs }) => timeMs >= row.updatedAtMs);
  return since.some(({ version }) => version === row.version);
}

/** Whether the log says that there is a secret. `changes` are the newest records of its key. */
export function shouldExist(changes: readonly RecordedChange[]): boolean {
  const purges = changes.filter(isGone);
  const made = changes.filter((change) => !isGone(change));
  return made.some((change) => purges.every((purge) => isAfter(change, purge, -clockSlackMs)));
}

/**
 * The versions of a secret that must be retained, as far as the log has records of them. `changes` are its newest
 * records.
 */
export function retainedVersions(newestVersion: number, changes: readonly RecordedChange[]): readonly number[] {
  const purges = changes.filter(({ action }) => action === "secret.purge");
  const isPurged = (change: RecordedChange) =>
    purges.some((purge) => isAfter(purge, change, clockSlackMs) && purgesVersion(purge, change.version));
  return changes
    .filter((change) => change.action !== "secret.purge" && !isPurged(change))
    .map(({ version }) => version)
    .filter((version) => version <= newestVersion && version > newestVersion - limits.historyVersions);
}

function purgesVersion({ filter, version }: RecordedChange, old: number): boolean {
  if (filter === oldVersionsFilter) return old < version;
  if (!filter.startsWith(oldVersionsFilter)) return true;
  return filter
    .slice(oldVersionsFilter.length + 1)
    .split(",")
    .includes(String(old));
}

/** Whether a user is older than its last change. Versions in these records count the changes of the tenant. */
export function isUserBehind(
  { updatedAtMs }: Pick<StoredUser, "updatedAtMs">,
  changes: readonly RecordedChange[],
): boolean {
  const newest = Math.max(0, ...changes.map(({ version }) => version));
  const own = changes.filter(({ timeMs }) => timeMs === updatedAtMs).map(({ version }) => version);
  if (own.length > 0) return Math.max(...own) < newest;
  // The change that made the row has no record with a version, or it is no longer there.
  return changes.some(({ timeMs }) => timeMs > updatedAtMs);
}

/** Whether a token that is not revoked should be: it was, or its user was removed after it was made. */
export function isTokenBehind(
  createdAtMs: number,
  records: {
    readonly revoked?: RecordedChange | undefined;
    readonly made?: RecordedChange | undefined;
    readonly userRemoved?: RecordedChange | undefined;
  },
): boolean {
  const { revoked, made, userRemoved } = records;
  if (revoked !== undefined) return true;
  if (userRemoved === undefined) return false;
  const isNumbered = made !== undefined && made.version > 0 && userRemoved.version > 0;
  return isNumbered ? userRemoved.version > made.version : userRemoved.timeMs > createdAtMs;
}

/**
 * Whether a record that was made meanwhile can be the reason why a row is not the one that the records before it name.
 */
export function mayExplain(row: SecretRow, change: RecordedChange): boolean {
  return isGone(change) || fits(row, change);
}

/** Whether the record can be that of the change that made this row. */
function fits({ version, removed }: SecretRow, change: RecordedChange): boolean {
  if (isGone(change) || version !== change.version) return false;
  // Old versions are purged of live and of removed secrets.
  if (change.action === "secret.purge") return true;
  const isRemoved = change.action === "secret.remove" || change.filter === placeFilter;
  return removed === isRemoved;
}

/** In the record of a purge that leaves the secret. The numbers of the versions may follow. */
export const oldVersionsFilter = "oldVersions";

/** After a purge the secret is gone, and its versions start again, unless only old versions were purged. */
export function isGone({ action, filter }: Pick<RecordedChange, "action" | "filter">): boolean {
  return action === "secret.purge" && !filter.startsWith(oldVersionsFilter);
}

function isAfter(change: RecordedChange, purge: RecordedChange, slackMs: number): boolean {
  if (change.chain === purge.chain) return change.position > purge.position;
  return change.timeMs > purge.timeMs - slackMs;
}
