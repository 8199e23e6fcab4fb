import type { ClientSession, FindOptions } from "mongodb";
import type { AuditRecord } from "../../../audit/record.ts";

/** What a transaction writes: one commit, or several that have nothing in common. */
export interface Content {
  /** False when something is not as it was expected to be; then nothing of it may be committed. */
  write(session: ClientSession, operation: string): Promise<boolean>;
  /** Appended to the chain of changes in the same transaction. */
  readonly audit: readonly AuditRecord[];
  /** Whether the transaction with this operation id is in the database. Asked only when there is no audit record to tell. */
  wasWritten(operation: string, options: FindOptions): Promise<boolean>;
  /** True when other commits share it, so that it is not worth trying again as a whole. */
  readonly isShared: boolean;
}
