import type { KeyObject } from "node:crypto";
import type { ChainedRecord } from "../audit/record.ts";
import { actionsWithoutChange } from "../audit/save-action.ts";
import { createAuditVerifier } from "../audit/verifier.ts";
import { isGone } from "../rules/put-back.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";

/** Compares secrets with what the audit log of changes says about them. */
export interface VersionsInAudit {
  /** True when all records verify. */
  readonly isIntact: boolean;
  /** What is wrong with a row; undefined when nothing is. To be called once for each row. */
  check(secret: StoredSecret): string | undefined;
  /** Messages about secrets that should be there but were not checked. */
  missing(): readonly string[];
}

interface LastChange {
  readonly tenant: string;
  readonly key: string;
  readonly version: number;
  readonly timeMs: number;
}

/**
 * An attacker who can write to the database can put back a whole old row, or delete one, and everything left verifies.
 * The audit log, which they cannot forge, has the version that each change made. Versions whose records were dropped
 * for their age can no longer be compared.
 */
export async function readVersionsInAudit(
  snapshot: StoreSnapshot,
  auditKey: KeyObject,
  onProblem: (problem: string) => void,
): Promise<VersionsInAudit> {
  const isOfChanges = ({ sink }: { readonly sink: string }) => sink === "changes";
  const chains = (await snapshot.listChains()).filter(isOfChanges);
  const checkpoints = (await snapshot.listCheckpoints()).filter(isOfChanges);
  const verifier = createAuditVerifier({ auditKey, chains, checkpoints });
  const lastChanges = new Map<string, LastChange>();
  for await (const record of snapshot.changes()) {
    verifier.check("changes", [record]);
    note(lastChanges, record);
  }
  const { problems } = verifier.finish();
  for (const { kind, chain, position } of problems) {
    onProblem(`the audit log does not verify: ${kind} at position ${position} of the chain ${chain}`);
  }
  return {
    isIntact: problems.length === 0,
    check({ tenant, key, version }) {
      const name = nameOf(tenant, key);
      const last = lastChanges.get(name);
      lastChanges.delete(name);
      if (last === undefined || last.version <= version) return undefined;
      return `${key} of the tenant ${tenant} is at version ${version}, and the audit log has version ${last.version}: an old row was put back`;
    },
    missing: () =>
      [...lastChanges.values()]
        .filter(({ version }) => version > 0)
        .map(
          ({ tenant, key, version }) =>
            `${key} of the tenant ${tenant} is missing, and the audit log has version ${version}: its row was deleted`,
        ),
  };
}

/** Records of different processes do not arrive in the order of their times. */
function note(lastChanges: Map<string, LastChange>, record: ChainedRecord): void {
  const { tenant, key, timeMs, action, decision } = record;
  const isChange = action.startsWith("secret.") && !actionsWithoutChange.includes(action);
  if (!isChange || decision !== "allowed" || key === "") return;
  const name = nameOf(tenant, key);
  const known = lastChanges.get(name);
  if (known !== undefined && known.timeMs > timeMs) return;
  // After a purge the secret is gone, and versions start again; unless only old versions were purged.
  lastChanges.set(name, { tenant, key, version: isGone(record) ? 0 : record.version, timeMs });
}

function nameOf(tenant: string, key: string): string {
  return `${tenant}\0${key}`;
}
