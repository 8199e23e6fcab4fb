import { hash } from "node:crypto";
import type { ChainedRecord } from "../audit/record.ts";
import { actionsWithoutChange } from "../audit/save-action.ts";
import { type AuditProblem, createAuditVerifier } from "../audit/verifier.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { isGone } from "../rules/put-back.ts";

export type ScannedKind = "secret" | "user" | "token" | "permit";

/** What the log of changes says last about a secret, user, token or permit. */
export interface LastChange {
  readonly kind: ScannedKind;
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
  readonly isGone: boolean;
}

/** A part of all names, so that not all of them have to be in memory at once. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

/** Whether a name belongs to this part. */
export function isInPart({ number, of }: Part, tenant: string, name: string): boolean {
  return of === 1 || hash("sha1", `${tenant}\0${name}`, "buffer").readUInt32BE(0) % of === number;
}

export function nameOf(kind: ScannedKind, tenant: string, name: string): string {
  return `${kind}\0${tenant}\0${name}`;
}

export interface ScannedLog {
  readonly lastChanges: ReadonlyMap<string, LastChange>;
  readonly problems: readonly AuditProblem[];
}

/**
 * Reads the whole log of changes, verifies its chains, and returns the last change of each name in `part`. Undefined
 * when there are more than `namesMax` of them. `pause` is called after each page.
 */
export async function scanLog(
  { store, auditKey }: Pick<Context, "store" | "auditKey">,
  part: Part,
  { namesMax, pause }: { readonly namesMax: number; readonly pause: () => Promise<void> },
): Promise<ScannedLog | undefined> {
  const ofChanges = <T extends { readonly sink: string }>(list: readonly T[]) =>
    list.filter(({ sink }) => sink === "changes");
  const [chains, checkpoints] = [ofChanges(await store.listChains()), ofChanges(await store.listCheckpoints())];
  const verifier = createAuditVerifier({ auditKey, chains, checkpoints });
  const last = new Map<string, LastChange & Pick<ChainedRecord, "chain" | "position" | "timeMs">>();
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: Awaited<ReturnType<typeof store.readAudit>> = await store.readAudit(
      "changes",
      after,
      limits.verifiedRecords,
    );
    verifier.check("changes", page.records);
    for (const record of page.records) {
      for (const change of changesOf(record)) {
        if (!isInPart(part, change.tenant, change.name)) continue;
        const name = nameOf(change.kind, change.tenant, change.name);
        const known = last.get(name);
        if (known !== undefined && !isLater(record, known)) continue;
        const { chain, position, timeMs } = record;
        last.set(name, { ...change, chain, position, timeMs });
        if (last.size > namesMax) return undefined;
      }
    }
    after = page.next;
    await pause();
  }
  // A checkpoint that was stored meanwhile makes records that it dropped look missing.
  const isStale = (await store.listCheckpoints()).length !== checkpoints.length;
  return { lastChanges: last, problems: isStale ? [] : verifier.finish().problems };
}

function changesOf(record: ChainedRecord): readonly LastChange[] {
  const { tenant, key: name, action, decision, version, filter, names } = record;
  // One record has all tokens that were deleted because they had ended.
  if (action === "token.drop" || action === "session.drop")
    return names.map((id) => ({ kind: "token", tenant, name: id, version, isGone: true }));
  const kind = kindOf(action);
  if (kind === undefined || decision !== "allowed" || name === "" || actionsWithoutChange.includes(action)) return [];
  return [{ kind, tenant, name, version, isGone: isGone({ action, filter }) }];
}

/** Sessions are tokens. */
function kindOf(action: string): ScannedKind | undefined {
  if (action.startsWith("session.")) return "token";
  return (["secret", "user", "token", "permit"] as const).find((each) => action.startsWith(`${each}.`));
}

/** Records of one chain are in order; those of different processes have only their times. */
function isLater(record: ChainedRecord, known: Pick<ChainedRecord, "chain" | "position" | "timeMs">): boolean {
  return record.chain === known.chain ? record.position > known.position : record.timeMs >= known.timeMs;
}
