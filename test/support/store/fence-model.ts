/**
 * A model of the bounded fence, small enough to look at everything that can happen: two servers, of which the second
 * one is elected at some time, a process that writes, and a process that reads. Any of them may stand still for any
 * time, and what is sent may arrive at any time.
 */

/** The three conditions of decision 0162, under which an answer leaves. */
export interface Conditions {
  /** A proof of the same election was acknowledged before the query was sent. */
  readonly proofBeforeQuery: boolean;
  /** The newest proof began at most `bound` before the read. */
  readonly proofIsNew: boolean;
  /** Nothing has shown another election since, and the newest proof is of the same one. */
  readonly sameElection: boolean;
}

interface Proof {
  readonly began: number;
  readonly epoch: number;
}

interface State {
  readonly now: number;
  readonly isElected: boolean;
  /** Whether a majority has a write of the second primary. Before that, its reads may show anything that is old. */
  readonly isSettled: boolean;
  /** When each change was acknowledged; those of the second primary are behind those of the first. */
  readonly changes: readonly number[];
  /** How many of them the first primary has. */
  readonly ofFirst: number;
  /** Elections that the reader has heard of. It sends to the server of the last one. */
  readonly epoch: number;
  readonly sent: (Proof & { readonly isApplied: boolean }) | undefined;
  readonly proof: Proof | undefined;
  /** `shown`: how many changes its answer shows, once the query was carried out. */
  readonly read: { readonly began: number; readonly epoch: number; readonly shown: number | undefined } | undefined;
}

type Step = readonly [name: string, next: State | "stale" | "fresh"];

/** In ticks of the clock. */
const bound = 2;
const lastTick = 5;
const changesMax = 2;

/** The shortest way to an answer that is older than the bound; undefined when there is none. */
export function findStaleAnswer(conditions: Conditions): {
  readonly stale?: readonly string[];
  readonly states: number;
} {
  const first: State = {
    now: 0,
    isElected: false,
    isSettled: false,
    changes: [],
    ofFirst: 0,
    epoch: 1,
    sent: undefined,
    proof: undefined,
    read: undefined,
  };
  const seen = new Set([JSON.stringify(first)]);
  let level: (readonly [State, readonly string[]])[] = [[first, []]];
  while (level.length > 0) {
    const following: typeof level = [];
    for (const [state, path] of level) {
      for (const [name, next] of stepsFrom(state, conditions)) {
        if (next === "stale") return { stale: [...path, name], states: seen.size };
        if (next === "fresh") continue;
        const key = JSON.stringify(next);
        if (seen.has(key)) continue;
        seen.add(key);
        following.push([next, [...path, name]]);
      }
    }
    level = following;
  }
  return { states: seen.size };
}

function stepsFrom(state: State, conditions: Conditions): readonly Step[] {
  return [...worldSteps(state), ...proofSteps(state, conditions), ...readSteps(state, conditions)];
}

function* worldSteps(state: State): Generator<Step> {
  const { now, isElected, changes, ofFirst, epoch } = state;
  if (now < lastTick) yield ["tick", { ...state, now: now + 1 }];
  if (!isElected) yield ["election", { ...state, isElected: true }];
  if (isElected && epoch === 1) yield ["the reader hears of the election", { ...state, epoch: 2 }];
  if (changes.length < changesMax) {
    const changed = { ...state, changes: [...changes, now] };
    yield [
      "a change is acknowledged",
      isElected ? { ...changed, isSettled: true } : { ...changed, ofFirst: ofFirst + 1 },
    ];
  }
}

function* proofSteps(state: State, { sameElection }: Conditions): Generator<Step> {
  const { now, epoch, sent, isElected } = state;
  if (sent === undefined) {
    yield ["a proof is sent", { ...state, sent: { began: now, epoch, isApplied: false } }];
    return;
  }
  // A majority has it only through the server that is the primary then.
  const isToPrimary = isElected ? sent.epoch === 2 : sent.epoch === 1;
  if (!sent.isApplied && isToPrimary) {
    yield ["a majority has the proof", { ...state, isSettled: isElected, sent: { ...sent, isApplied: true } }];
  }
  if (sent.isApplied) {
    const isCounted = !sameElection || sent.epoch === epoch;
    const { began } = sent;
    yield [
      "the proof is acknowledged",
      { ...state, sent: undefined, ...(isCounted ? { proof: { began, epoch } } : {}) },
    ];
  } else {
    yield ["the proof fails", { ...state, sent: undefined }];
  }
}

function* readSteps(state: State, conditions: Conditions): Generator<Step> {
  const { now, epoch, proof, read, changes, ofFirst, isSettled } = state;
  if (read === undefined) {
    const isProven = proof?.epoch === epoch;
    if (isProven || !conditions.proofBeforeQuery) {
      yield ["a read begins", { ...state, read: { began: now, epoch, shown: undefined } }];
    }
    return;
  }
  if (read.shown === undefined) {
    const ofSecond = isSettled ? changes.length : 0;
    yield ["its query is carried out", { ...state, read: { ...read, shown: epoch === 1 ? ofFirst : ofSecond } }];
    return;
  }
  const isSame = read.epoch === epoch && proof?.epoch === epoch;
  const isNew = proof !== undefined && proof.began >= read.began - bound;
  if ((conditions.sameElection && !isSame) || (conditions.proofIsNew && !isNew)) return;
  const owed = changes.filter((time) => time < read.began - bound).length;
  yield ["its answer leaves", read.shown < owed ? "stale" : "fresh"];
}
