import { StoreError } from "../../store-error.ts";
import { withoutElections } from "../connect/connect.ts";
import { isPassingFailure } from "../connect/failure.ts";
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

/** A read that fails because of the network or of a change of the primary is repeated this often. */
const failuresMax = 1;

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

  /** Waits until a query may be sent. Undefined when something shows that the primary changed meanwhile. */
  async function beginEpoch(): Promise<Proof | undefined> {
    if (newest?.epoch !== watch.epoch) await renew();
    return newest?.epoch === watch.epoch ? newest : undefined;
  }

  /** Waits for a proof that covers what was read. False when it must not leave. */
  async function mayLeave(epoch: number, read: Moment): Promise<boolean> {
    while (epoch === watch.epoch && !covers(read)) await renew();
    return epoch === watch.epoch;
  }

  return {
    proving,
    async read(work) {
      let failed = 0;
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const proof = await beginEpoch();
        if (proof === undefined) continue;
        const began = moment();
        // Next to the read, so that it costs the read no time. A read that needs it sees why it failed.
        if (ageAt(began, proof) > renewMs) renew().catch(() => undefined);
        let result: Awaited<ReturnType<typeof work>>;
        try {
          result = await work();
        } catch (error) {
          // The driver does not repeat reads: a repeat needs a beginning of its own.
          failed += 1;
          if (failed > failuresMax || !isPassingFailure(error)) throw error;
          continue;
        }
        if (await mayLeave(proof.epoch, began)) return result;
      }
      throw keepsChanging();
    },
    async readOnce(work) {
      const proof = await beginEpoch();
      if (proof === undefined) throw keepsChanging();
      const result = await work();
      // The server may have waited for it, so that it is newer than the request.
      if (result === undefined || (await mayLeave(proof.epoch, moment()))) return result;
      throw keepsChanging();
    },
    requireSamePrimary(timeMs) {
      const sinceChangeMs = performance.now() - watch.epochChangedAtMs;
      if (sinceChangeMs > lookBackMs || timeMs > Date.now() - sinceChangeMs + slackMs) return;
      throw new StoreError("unavailable", "the primary of MongoDB changed in the middle of a read");
    },
  };
}

function keepsChanging(): StoreError {
  return new StoreError("unavailable", "the primary of MongoDB keeps changing");
}
