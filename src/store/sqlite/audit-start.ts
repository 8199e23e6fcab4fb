import { type AuditSink, chainStartMac } from "../../audit/chain.ts";
import type { AuditStore } from "../audit-store.ts";
import { requireCount, requireName } from "../guard.ts";
import { StoreError } from "../store-error.ts";
import type { Writer } from "./writer.ts";

type BeginOptions = Parameters<AuditStore["beginAudit"]>[0];

export interface AuditStart {
  begin(options: BeginOptions): Promise<void>;
  /** Throws `StoreError` until `begin` has succeeded. */
  require(): void;
}

/** Registers the chains of this process, in the file of the changes, before anything can be recorded in them. */
export function createAuditStart(changes: Writer, access: Writer): AuditStart {
  let state: "none" | "starting" | "begun" = "none";

  async function register({ auditKey, chain, startedAtMs }: BeginOptions): Promise<void> {
    // Each sink has an id of its own, so that (time, chain, position) names a record among those of both.
    const start = (sink: AuditSink) => {
      const id = `${chain}.${sink}`;
      const mac = new Uint8Array(chainStartMac(auditKey, id, sink, startedAtMs));
      return { auditKey, sink, chain: id, mac };
    };
    const starts = [start("changes"), start("access")] as const;
    const chains = starts.map(({ sink, chain: id, mac }) => ({ sink, chain: id, mac }));
    await changes.request("register-chains", { startedAtMs, chains });
    await changes.request("start-chain", starts[0]);
    await access.request("start-chain", starts[1]);
  }

  return {
    async begin(options) {
      requireName(options.chain, "chain");
      requireCount(options.startedAtMs, "startedAtMs");
      if (state !== "none") throw new StoreError("unavailable", "audit has begun already");
      state = "starting";
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
