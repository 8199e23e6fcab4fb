import { type History, isWrite } from "./history.ts";
import { checkRegister } from "./linearizability.ts";
import type { AuditEvent } from "./service-call.ts";

/** Every register in turn: whether some order of its operations explains all answers. */
export function checkOrder({ registers }: History): string[] {
  return [...registers].flatMap(([name, operations]) => {
    const failure = checkRegister(operations);
    return failure === undefined ? [] : [`${name} is not linearizable: ${failure}`];
  });
}

/** A reader who was let out saw nothing of an earlier version in a read that began after the acknowledgement. */
export function checkRevocations({ registers }: History): string[] {
  return [...registers].flatMap(([name, operations]) => {
    const revocations = operations.filter(isWrite).filter(({ write, version }) => write.open === false && version);
    return operations.flatMap((operation) => {
      if (isWrite(operation) || operation.read.as !== "reader" || operation.read.saw === undefined) return [];
      const { version } = operation.read.saw;
      const after = revocations.find((each) => each.end < operation.start && (each.version ?? 0) >= version);
      return after === undefined ? [] : [`${name}: version ${version} was read after its readers were revoked`];
    });
  });
}

/**
 * Each acknowledged change has its record, each version of a secret was made exactly once, and each value that was
 * given out has an access record.
 */
export function checkAudit(
  events: readonly AuditEvent[],
  acknowledged: readonly string[],
  delivered: ReadonlyMap<string, number>,
): string[] {
  const changes = new Map<string, number>();
  const reads = new Map<string, number>();
  const highest = new Map<string, number>();
  for (const { action, decision, key, version, principal } of events) {
    if (decision !== "AUDIT_DECISION_ALLOWED" || version === 0) continue;
    if (action === "secret.save" || action === "secret.remove") {
      count(changes, `${key} ${version}`);
      highest.set(key, Math.max(version, highest.get(key) ?? 0));
    }
    if (action === "secret.read") count(reads, `${principal} ${key} ${version}`);
  }
  const missing = acknowledged.filter((each) => !changes.has(each)).map((each) => `no record of the change ${each}`);
  const twice = [...changes].flatMap(([each, times]) =>
    times === 1 ? [] : [`${times} records of the change ${each}`],
  );
  const gaps = [...highest].flatMap(([key, last]) =>
    Array.from({ length: last }, (_, index) => `${key} ${index + 1}`)
      .filter((each) => !changes.has(each))
      .map((each) => `no record of the unacknowledged change ${each}`),
  );
  const silent = [...delivered].flatMap(([each, times]) =>
    (reads.get(each) ?? 0) < times ? [`${times} deliveries of ${each}, ${reads.get(each) ?? 0} records`] : [],
  );
  return [...missing, ...twice, ...gaps, ...silent];
}

/** Each chain has every position from 1 to its last. */
export function checkChains(events: readonly AuditEvent[]): string[] {
  const positions = new Map<string, Set<number>>();
  for (const { chain, position } of events) {
    const known = positions.get(chain) ?? new Set();
    positions.set(chain, known.add(Number(position)));
  }
  return [...positions].flatMap(([chain, known]) => {
    const last = Math.max(...known);
    return last === known.size ? [] : [`the audit chain ${chain} has ${known.size} records, and position ${last}`];
  });
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
