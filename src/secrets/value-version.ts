import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import type { Metadata, StoredSecret } from "../store/secret-rows.ts";
import { loadVersions } from "./list-versions.ts";
import type { VerifiedSecret } from "./verified-secret.ts";

/**
 * The version in which the current value came. Until the next one, saves of lists and metadata, and a removal, make
 * versions of the same value.
 */
export interface ValueVersion {
  /** 0: there is no value, nor was there one. */
  readonly version: number;
  readonly changedAtMs: number;
}

/** What the retained versions of a secret say of its values. */
export interface ValueHistory {
  readonly current: ValueVersion;
  /** The newest version that has a value. */
  readonly newest: VerifiedSecret | undefined;
  /** Versions with a value, newest first. */
  readonly withValue: readonly VerifiedSecret[];
  /** Those in which a value came, and the oldest one. Newest first. */
  readonly broughtValue: readonly StoredSecret[];
  /** Numbers among the retained ones that have no row: these versions were destroyed. */
  readonly destroyed: readonly number[];
  /** When the secret was removed; undefined while it is not. */
  readonly removedAtMs: number | undefined;
  /** The metadata: of a removed secret those that it was given since, or else those that it had. */
  readonly metadata: Metadata;
}

/** A version with the largest value and full lists, as a row and opened. */
const rowBytes = 128 * 1024;

/** A store that returns a document more than once freezes it. */
const known = new WeakMap<StoredSecret, ValueVersion>();

/** Reads the history only if the newest change was not one of the value. */
export async function valueVersionOf(context: Context, call: CallInfo, stored: StoredSecret): Promise<ValueVersion> {
  if (!stored.removed && hasBroughtValue(stored)) return ownVersion(stored);
  const remembered = known.get(stored);
  if (remembered !== undefined) return remembered;
  const { current } = await loadValueHistory(context, call, stored);
  if (Object.isFrozen(stored)) known.set(stored, current);
  return current;
}

/** The history up to the document that the rights of the caller were decided on. */
export async function loadValueHistory(
  context: Context,
  { room }: CallInfo,
  stored: StoredSecret,
): Promise<ValueHistory> {
  await room?.grow(limits.callBytes + limits.historyVersions * rowBytes);
  const { verified, broken, missing } = await loadVersions(context, stored);
  const withValue = verified.filter(({ plaintext }) => plaintext.value !== undefined);
  const rows = withValue.map((each) => each.stored);
  const broughtValue = rows.filter((row, at) => at === rows.length - 1 || isOtherValue(row, rows[at + 1]));
  const gone = new Set(broken);
  const newest = withValue[0];
  const removal = verified.find((each) => each.stored.version === (newest?.stored.version ?? 0) + 1)?.stored;
  return {
    current: currentOf(rows),
    newest,
    withValue,
    broughtValue,
    destroyed: missing.filter((number) => !gone.has(number)),
    removedAtMs: stored.removed ? (removal ?? stored).updatedAtMs : undefined,
    metadata: stored.removed && stored.metadata.length === 0 ? (newest?.stored.metadata ?? []) : stored.metadata,
  };
}

/** Walks down while versions have the same value, without a gap: what was in a gap is not known. */
function currentOf([newest, ...older]: readonly StoredSecret[]): ValueVersion {
  if (newest === undefined) return { version: 0, changedAtMs: 0 };
  let found = newest;
  for (const row of older) {
    if (hasBroughtValue(found) || row.version !== found.version - 1) break;
    if (row.valueChangedAtMs !== found.valueChangedAtMs) break;
    found = row;
  }
  return ownVersion(found);
}

function isOtherValue(row: StoredSecret, before: StoredSecret | undefined): boolean {
  return (
    hasBroughtValue(row) || before?.version !== row.version - 1 || row.valueChangedAtMs !== before.valueChangedAtMs
  );
}

/** Two changes in the same millisecond both count as changes of the value. */
function hasBroughtValue({ updatedAtMs, valueChangedAtMs }: StoredSecret): boolean {
  return updatedAtMs === valueChangedAtMs;
}

function ownVersion({ version, valueChangedAtMs }: StoredSecret): ValueVersion {
  return { version, changedAtMs: valueChangedAtMs };
}

/**
 * Whether a caller who saw version `wanted` saw the value that is current. 0 stands for no value, and so for a secret
 * that is missing or removed.
 */
export function isCurrentValue(stored: StoredSecret | undefined, value: ValueVersion, wanted: number): boolean {
  if (stored === undefined) return wanted === 0;
  if (stored.removed && wanted === 0) return true;
  return value.version !== 0 && wanted >= value.version && wanted <= stored.version;
}
