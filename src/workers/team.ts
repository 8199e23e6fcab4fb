import { setTimeout as delay } from "node:timers/promises";
import { log } from "../log/log.ts";
import { forgetEverywhere } from "./forget-everywhere.ts";
import { type Exit, type Member, startMember } from "./member.ts";
import type { ServiceFacts, Start } from "./messages.ts";
import { WorkerStartError } from "./worker-errors.ts";

/** Processes that serve one port together. */
export interface Team {
  /** Those that have not ended. */
  readonly members: readonly Member[];
  /** How many ended although they were not stopped. */
  readonly ended: number;
  /** Resolves when none is left, and the one that was started in place of the last one could not start. */
  readonly failed: Promise<Error>;
  reload(): void;
  /**
   * Stops one after the other. `graceMs` is for the calls in progress of all of them: each has an equal part of what is
   * left. Resolves with the highest exit code when all have ended.
   */
  stop(graceMs: number): Promise<number>;
}

export interface TeamOptions {
  readonly size: number;
  /** The file of the program. */
  readonly program: string;
  readonly start: Omit<Start, "slot" | "type">;
  /** Called when a worker begins or ceases to be ready, and when it has ended. */
  readonly onChange: () => void;
  readonly onEnd: (member: Member) => void;
}

/** Between the end of a worker and its next start: longer each time, until one has served for a minute. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
const provenMs = 60_000;

/**
 * Starts workers: the first one alone, because it may have to make or migrate the store, and then all others.
 * Rejects with `WorkerStartError` when one of them cannot start; then none is left. Later, a worker that ends is
 * started again.
 */
export async function startTeam(options: TeamOptions): Promise<Team & { readonly facts: ServiceFacts }> {
  const { size, program, onChange, onEnd } = options;
  const members = new Map<number, Member>();
  const failed = Promise.withResolvers<Error>();
  const closing = new AbortController();
  let { start } = options;
  let ended = 0;
  let isComplete = false;

  function startOne(slot: number, pauseMs = firstPauseMs): Member {
    const startedAtMs = performance.now();
    const member = startMember({
      program,
      start: { ...start, type: "start", slot },
      onAnnounce: (what, from) =>
        forgetEverywhere(
          [...members.values()].filter((other) => other !== from),
          what,
        ),
      onReadiness: onChange,
    });
    members.set(slot, member);
    member.exited.then((exit) => {
      members.delete(slot);
      onEnd(member);
      onChange();
      if (!isComplete || closing.signal.aborted) return;
      ended += 1;
      const hasProven = performance.now() - startedAtMs >= provenMs;
      replace(member, exit, hasProven ? firstPauseMs : pauseMs);
    });
    return member;
  }

  async function replace({ slot, facts }: Member, exit: Exit, pauseMs: number): Promise<void> {
    if (facts === undefined && ![...members.values()].some((other) => other.facts !== undefined)) {
      failed.resolve(new WorkerStartError(slot, exit));
      return;
    }
    log("error", `worker ${slot} has ended ${exit.how}; another one is started in ${pauseMs / 1000} s`);
    await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
    if (!closing.signal.aborted) startOne(slot, Math.min(2 * pauseMs, longestPauseMs));
  }

  async function begin(slot: number): Promise<ServiceFacts> {
    const member = startOne(slot);
    const facts = await member.started;
    if (facts === undefined) throw new WorkerStartError(slot, await member.exited);
    return facts;
  }

  async function stop(graceMs: number): Promise<number> {
    closing.abort();
    const left = [...members.values()].sort((one, other) => one.slot - other.slot);
    const exits = left.map(({ exited }) => exited);
    const untilMs = performance.now() + graceMs;
    for (const [at, member] of left.entries()) {
      const shareMs = Math.max(0, untilMs - performance.now()) / (left.length - at);
      member.send({ type: "stop", graceMs: shareMs });
      const waited = new AbortController();
      // One that still stores its records does not hold up the others.
      const late = delay(shareMs, undefined, { signal: waited.signal }).catch(() => undefined);
      await Promise.race([member.exited, late]);
      waited.abort();
    }
    return Math.max(0, ...(await Promise.all(exits)).map(({ code }) => code));
  }

  try {
    const facts = await begin(1);
    start = { ...start, port: facts.port, wantsLink: false };
    await Promise.all(Array.from({ length: size - 1 }, (_, at) => begin(at + 2)));
    isComplete = true;
    return {
      facts,
      get members() {
        return [...members.values()];
      },
      get ended() {
        return ended;
      },
      failed: failed.promise,
      reload() {
        for (const member of members.values()) member.send({ type: "reload" });
      },
      stop,
    };
  } catch (error) {
    await stop(0);
    throw error;
  }
}
