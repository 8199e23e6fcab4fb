import type { KeyObject } from "node:crypto";
import type { AuditStore } from "../audit-store.ts";
import { requireCount, requireName } from "../guard.ts";
import { StoreError } from "../store-error.ts";
import { type AccessOptions, type AccessRecords, beginAccess } from "./access-records.ts";

type BeginOptions = Parameters<AuditStore["beginAudit"]>[0];

export interface AuditStart {
  begin(options: BeginOptions): Promise<void>;
  /** The key of the chains; undefined until `begin` was called. */
  readonly auditKey: KeyObject | undefined;
  /** Where records of access go. Throws `StoreError` until `begin` has succeeded. */
  require(): AccessRecords;
  /** The same; undefined until `begin` has succeeded. */
  readonly records: AccessRecords | undefined;
}

/** Begins the chains of this process, once. */
export function createAuditStart(options: AccessOptions): AuditStart {
  let state: "none" | "starting" | AccessRecords = "none";
  let key: KeyObject | undefined;
  const begun = () => (typeof state === "string" ? undefined : state);

  return {
    get auditKey() {
      return key;
    },
    async begin(start) {
      requireName(start.chain, "chain");
      requireCount(start.startedAtMs, "startedAtMs");
      if (state !== "none") throw new StoreError("unavailable", "audit has begun already");
      state = "starting";
      key = start.auditKey;
      try {
        state = await beginAccess(options, start);
      } catch (error) {
        state = "none";
        throw error;
      }
    },
    require() {
      const records = begun();
      if (records === undefined) throw new StoreError("unavailable", "audit has not begun");
      return records;
    },
    get records() {
      return begun();
    },
  };
}
