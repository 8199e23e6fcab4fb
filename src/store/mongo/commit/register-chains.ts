import type { KeyObject } from "node:crypto";
import { Binary, type Db } from "mongodb";
import { type Chain, createChain } from "../../../audit/chain.ts";
import type { ChainStarts } from "../../../audit/chain-start.ts";
import type { RegisteredChain } from "../../../audit/verifier.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import type { Named } from "../rows/schema.ts";

export interface ProcessChains {
  readonly changes: Chain;
  readonly access: Chain;
  /** The registered name of `changes`. */
  readonly nameOfChanges: string;
}

/** Registers the chains of this process. The database refuses a chain that another process has registered. */
export async function registerChains(
  db: Db,
  mark: RestoreMark,
  auditKey: KeyObject,
  starts: ChainStarts,
): Promise<ProcessChains> {
  await mark.holding(async (session) => {
    const options = session === undefined ? {} : { session };
    const documents = [starts.changes, starts.access].map(documentOf);
    await db.collection<Named>("chains").insertMany(documents, options);
  });
  return {
    changes: createChain(auditKey, starts.changes.chain, "changes", starts.changes.mac),
    nameOfChanges: starts.changes.chain,
    access: createChain(auditKey, starts.access.chain, "access", starts.access.mac),
  };
}

function documentOf({ chain, sink, startedAtMs, mac }: RegisteredChain): Named {
  return { _id: chain, sink, startedAtMs, mac: new Binary(mac) };
}
