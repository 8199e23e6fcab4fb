import type { KeyObject } from "node:crypto";
import { createChainStarts } from "../../audit/chain-start.ts";
import type { AuditStore } from "../audit-store.ts";
import { requireCount, requireName } from "../guard.ts";
import { StoreError } from "../store-error.ts";
import type { Writer } from "./writer.ts";

type BeginOptions = Parameters<AuditStore["beginAudit"]>[0];

export interface AuditStart {
  begin(options: BeginOptions): Promise<void>;
  /** The key of the chains; undefined until `begin` was called. */
  readonly auditKey: KeyObject | undefined;
  /** Throws `StoreError` until `begin` has succeeded. */
  require(): void;
}

/** Registers the chains of this process in the file of the changes, before anything is recorded in them. */
export function createAuditStart(changes: Writer, access: Writer): AuditStart {
  let state: "none" | "starting" | "begun" = "none";
  let key: KeyObject | undefined;

  async function register({ auditKey, chain, startedAtMs }: BeginOptions): Promise<void> {
    const starts = createChainStarts(auditKey, chain, startedAtMs);
    await changes.request("register-chains", [starts.changes, starts.access]);
    await changes.request("start-chain", { auditKey, ...starts.changes });
    await access.request("start-chain", { auditKey, ...starts.access });
  }

  return {
    get auditKey() {
      return key;
    },
    async begin(options) {
      requireName(options.chain, "chain");
      requireCount(options.startedAtMs, "startedAtMs");
      if (state !== "none") throw new StoreError("unavailable", "audit has begun already");
      state = "starting";
      key = options.auditKey;
      try {
        await register(options);
        state = "begun";
      } catch (error) {
        state = "none";
        throw error;
      }
    },
    require() {
      if (state !== "begun") throw new StoreError("unavailable", "audit has not begun");
    },
  };
}
