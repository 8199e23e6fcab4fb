import { Binary, type Db } from "mongodb";
import { type AuditSink, type Chain, chainStartMac, createChain } from "../../../audit/chain.ts";
import { requireCount, requireName } from "../../guard.ts";
import type { Store } from "../../store.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import type { Named } from "../rows/schema.ts";

export interface ProcessChains {
  readonly changes: Chain;
  readonly access: Chain;
}

/** Registers the chains of this process; one that another process registered is an error of the database. */
export async function registerChains(
  db: Db,
  mark: RestoreMark,
  { auditKey, chain, startedAtMs }: Parameters<Store["beginAudit"]>[0],
): Promise<ProcessChains> {
  requireName(chain, "chain");
  requireCount(startedAtMs, "startedAtMs");
  // Each sink has an id of its own, so that (time, chain, position) names a record among those of both.
  const start = (sink: AuditSink) => {
    const id = `${chain}.${sink}`;
    const mac = chainStartMac(auditKey, id, sink, startedAtMs);
    const document = { _id: id, sink, startedAtMs, mac: new Binary(mac) };
    return { document, chain: createChain(auditKey, id, sink, mac) };
  };
  const [changes, access] = [start("changes"), start("access")];
  await mark.holding(async (session) => {
    const options = session === undefined ? {} : { session };
    await db.collection<Named>("chains").insertMany([changes.document, access.document], options);
  });
  return { changes: changes.chain, access: access.chain };
}
