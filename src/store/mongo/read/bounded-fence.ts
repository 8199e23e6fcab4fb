import { StoreError } from "../../store-error.ts";
import type { ConnectionWatch } from "../connect/primary-watch.ts";
import type { ReadFence } from "./read-fence.ts";

/** A moment by two clocks: one stands still while the machine is suspended, and the other one may be set. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * A fence for processes whose records of reads are in a file first, so that no record shows whether the primary was
 * still the primary. Proofs show it instead: writes that a majority has, and whose reply names the election.
 */
export interface BoundedFence extends ReadFence {
  /** Sends a write that may be a proof. Rejects with what `send` rejects. */
  proving<Reply extends ProofReply>(send: () => Promise<Reply>): Promise<Reply>;
}

/** The reply to a write that was acknowledged by a majority. */
export interface ProofReply {
  /** Undefined behind a router. */
  readonly electionId: string | undefined;
  /** How many documents it wrote. What wrote none did not need a majority at that time. */
  readonly n: number;
}

export interface BoundedFenceOptions {
  readonly watch: ConnectionWatch;
  /** Writes something that a majority has when it resolves. */
  readonly writeToMajority: () => Promise<ProofReply>;
  readonly moment?: () => Moment;
}

/** A read is at most this much older than what other processes have acknowledged. */
export const staleMaxMs = 500;

/** A proof of this age is followed by another one, so that reads need not wait for it. */
const renewMs = 250;

/** A read fails only when the primary changes during every one of these attempts. */
const attemptsMax = 5;

/** The longest time between a read and the making of its record. */
const slackMs = 100;

/** A record is never made longer than this before it is appended. */
const lookBackMs = 10_000;

interface Proof {
  readonly epoch: number;
  /** When it was sent, or earlier. */
  readonly began: Moment;
}

/**
 * A value leaves only if (i) its query was sent after a proof of this process to the same server, over the same pool of
 * connections, was acknowledged; (ii) the newest acknowledged proof began at most `staleMaxMs` before the read did; and
 * (iii) nothing has shown another election before it leaves.
 *
 * A proof was acknowledged by a majority, so no later primary was elected before it began. What a later primary
 * acknowledged is therefore less than `staleMaxMs` older than the read. See decision 0162.
 */
export function createBoundedFence(options: BoundedFenceOptions): BoundedFence {
  const { watch, writeToMajority } = options;
  const moment = options.moment ?? (() => ({ monotonicMs: performance.now(), wallMs: Date.now() }));
  let newest: Proof | undefined;
  let renewing: Promise<unknown> | undefined;

  const ageAt = (read: Moment, { began }: Proof): number =>
    Math.max(read.monotonicMs - began.monotonicMs, read.wallMs - began.wallMs);
  const covers = (read: Moment): boolean =>
    newest !== undefined && newest.epoch === watch.epoch && ageAt(read, newest) <= staleMaxMs;

  async function proving<Reply extends ProofReply>(send: () => Promise<Reply>): Promise<Reply> {
    const { epoch } = watch;
    const began = moment();
    const reply = await send();
    if (watch.isOfElection(reply.electionId) && epoch === watch.epoch && reply.n > 0) {
      const isNewer = newest?.epoch !== epoch || newest.began.monotonicMs < began.monotonicMs;
      if (isNewer) newest = { epoch, began };
    }
    return reply;
  }

  function renew(): Promise<unknown> {
    renewing ??= proving(writeToMajority)
      .then(({ electionId }) => {
        if (electionId === undefined) throw withoutElections();
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  }

  return {
    proving,
    async read(work) {
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        if (newest?.epoch !== watch.epoch) await renew();
        const { epoch } = watch;
        if (newest?.epoch !== epoch) continue;
        const began = moment();
        // Next to the read, so that it costs the read no time. A read that needs it sees why it failed.
        if (ageAt(began, newest) > renewMs) renew().catch(() => undefined);
        const result = await work();
        while (epoch === watch.epoch && !covers(began)) await renew();
        if (epoch === watch.epoch) return result;
      }
      throw new StoreError("unavailable", "the primary of MongoDB keeps changing");
    },
    requireSamePrimary(timeMs) {
      const sinceChangeMs = performance.now() - watch.epochChangedAtMs;
      if (sinceChangeMs > lookBackMs || timeMs > Date.now() - sinceChangeMs + slackMs) return;
      throw new StoreError("unavailable", "the primary of MongoDB changed in the middle of a read");
    },
  };
}

function withoutElections(): StoreError {
  return new StoreError(
    "unavailable",
    "MongoDB does not name its elections, as behind a router (mongos); set SECRET_SVC_AUDIT_SYNC to full",
  );
}
