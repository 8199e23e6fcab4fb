import type { Machine, Results, Versions } from "./results.ts";

/** The machine of a run, and the version of each program. */
export function describeMachine(machine: Machine, versions: Versions): string {
  const { cores, cpu, memoryGib, system, isVirtual } = machine;
  const parts = [`${cores} × ${cpu}${isVirtual === true ? " (virtual machine)" : ""}`, `${memoryGib} GiB`];
  if (system !== undefined) parts.push(system);
  parts.push(`Node ${versions.node}`);
  if (versions.openBao !== undefined) parts.push(`OpenBao ${versions.openBao}`);
  if (versions.mongodb !== undefined) parts.push(`MongoDB ${versions.mongodb} (one node)`);
  return parts.join(", ");
}

/** How long a run measured, how the numbers of its rounds became one, and its date. */
export function describePace({ rounds, seconds, date }: Results): string {
  const each = seconds === undefined ? "" : ` of ${seconds} s for each server`;
  const day = date === undefined ? "" : `, ${date}`;
  return `${rounds === 1 ? "one round" : `medians of ${rounds} rounds`}${each}${day}`;
}

/** How records of reads were stored. */
export function describeAuditSync({ auditSync }: Results): string {
  if (auditSync !== undefined) return `with \`SECRET_SVC_AUDIT_SYNC=${auditSync}\``;
  return "with `SECRET_SVC_AUDIT_SYNC=process` on SQLite and `full` on MongoDB";
}
