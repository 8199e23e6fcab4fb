import type { AuditRecord } from "./record.ts";

/** The last record of a chain that had a journal. `recovered`: another process ended it, after a crash. */
export const endAction = "audit.end";

/**
 * The record of an operator that nothing more will come of a chain: its journal is lost. Its key is the chain, and its
 * filter names the record after which it was closed.
 */
export const closeAction = "audit.close";

/** The filter of such a record. With a later or an earlier last record, the chain is not the one that was closed. */
export function closedAfter(position: number): string {
  return `after ${position}`;
}

/** Operators see these records: they are of the tenant that the first admin is in. */
const tenant = "default";

export function endRecord(chain: string, timeMs: number, rule: "closed" | "recovered", cutBytes = 0): AuditRecord {
  return {
    timeMs,
    tenant,
    principal: "",
    action: endAction,
    key: chain,
    version: 0,
    decision: "allowed",
    rule,
    requestId: "",
    peer: "",
    count: cutBytes,
    names: [],
    filter: "",
  };
}

/**
 * The name of a chain of access whose records are in a journal first. The start of the chain authenticates its name,
 * and with it that the chain needs an end, whose it is and where it ran.
 */
export function journaledChain(process: string, host: string): string {
  const shown = host.replaceAll(/[^A-Za-z0-9.-]/g, "-").slice(0, 40);
  return `${process}.access@${shown}.journal`;
}

/** The process of a chain with such a name. Undefined for other chains. */
export function processOfJournal(chain: string): string | undefined {
  return /^([^.@]+)\.access@.*\.journal$/.exec(chain)?.[1];
}
