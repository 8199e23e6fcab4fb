import { randomUUID } from "node:crypto";
import type { Store } from "../../../src/store/store.ts";
import { auditKey, startMs } from "./rows.ts";

/** Registers chains of a new process; answers their common name. */
export async function begin(store: Store): Promise<string> {
  const chain = randomUUID();
  await store.beginAudit({ auditKey, chain, startedAtMs: startMs });
  return chain;
}
