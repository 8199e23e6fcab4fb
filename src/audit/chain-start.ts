import type { KeyObject } from "node:crypto";
import { type AuditSink, chainStartMac } from "./chain.ts";
import type { RegisteredChain } from "./verifier.ts";

/** Where the chains of one process start, one in each sink. */
export type ChainStarts = { readonly [Sink in AuditSink]: RegisteredChain & { readonly sink: Sink } };

/**
 * Makes the two chain starts of a process whose chains are called `name`. Each chain has its own id, so that
 * (time, chain, position) identifies a record in both sinks. A chain with a journal has another name, `accessChain`.
 */
export function createChainStarts(
  auditKey: KeyObject,
  name: string,
  startedAtMs: number,
  accessChain = `${name}.access`,
): ChainStarts {
  const start = <Sink extends AuditSink>(sink: Sink, chain: string) => {
    // In a memory block of its own size, because copying it to another thread copies the whole block.
    const mac = new Uint8Array(chainStartMac(auditKey, chain, sink, startedAtMs));
    return { chain, sink, startedAtMs, mac };
  };
  return { changes: start("changes", `${name}.changes`), access: start("access", accessChain) };
}
