import { endAction } from "../../../src/audit/journal-end.ts";
import { createAuditVerifier } from "../../../src/audit/verifier.ts";
import type { Store } from "../../../src/store/store.ts";
import { auditKey } from "./rows.ts";

/** The versions of the access records of a store, in their order, and what a verification finds. */
export async function accessVersions(store: Store) {
  const { records } = await store.readAudit("access", "", 1_000);
  const [chains, checkpoints] = [await store.listChains(), await store.listCheckpoints()];
  const verifier = createAuditVerifier({ auditKey, chains, checkpoints, isRunning: () => false });
  verifier.check("access", records);
  const { problems } = verifier.finish();
  return { versions: records.filter(({ action }) => action !== endAction).map(({ version }) => version), problems };
}
