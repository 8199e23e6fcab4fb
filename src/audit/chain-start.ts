import type { KeyObject } from "node:crypto";
import { type AuditSink, chainStartMac } from "./chain.ts";
import type { RegisteredChain } from "./verifier.ts";

/** Of one process, the start of its chain in each sink. */
export type ChainStarts = { readonly [Sink in AuditSink]: RegisteredChain & { readonly sink: Sink } };

/**
 * Makes the two chain starts of a process whose chains are called `name`. Each sink has an id of its own, so that
 * (time, chain, position) names a record among those of both.
 */
export function createChainStarts(auditKey: KeyObject, name: string, startedAtMs: number): ChainStarts {
  const start = <Sink extends AuditSink>(sink: Sink) => {
    const chain = `${name}.${sink}`;
    // In a memory block of its own size: it may be copied to another thread.
    const mac = new Uint8Array(chainStartMac(auditKey, chain, sink, startedAtMs));
    return { chain, sink, startedAtMs, mac };
  };
  return { changes: start("changes"), access: start("access") };
}
