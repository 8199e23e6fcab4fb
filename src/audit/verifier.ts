import { createHmac, type KeyObject } from "node:crypto";
import { isSameBytes } from "../crypto/same-bytes.ts";
import { type AuditSink, chainStartMac } from "./chain.ts";
import { type AuditCheckpoint, isSignedCheckpoint } from "./checkpoint.ts";
import type { AuditHead, ChainEnd } from "./head.ts";
import { closeAction, closedAfter, endAction, processOfJournal } from "./journal-end.ts";
import { type ChainedRecord, encodeAuditRecord } from "./record.ts";

/** The start of a chain as it is registered in the store. */
export interface RegisteredChain {
  readonly chain: string;
  readonly sink: AuditSink;
  readonly startedAtMs: number;
  readonly mac: Uint8Array;
}

/**
 * `edited`: a record was changed. `missing`: a record is missing or not in its place. `cut-off`: the end that the head
 * names is gone. `unregistered`: the service did not start the chain, or its start was changed. `bad-checkpoint`: the
 * checkpoint was changed. `unfinished`: the process of a chain with a journal has ended, and the chain has not: records
 * may be in a journal that did not come back.
 */
export type AuditProblemKind = "edited" | "missing" | "cut-off" | "unregistered" | "bad-checkpoint" | "unfinished";

/** The first bad record of a chain. */
export interface AuditProblem {
  readonly kind: AuditProblemKind;
  readonly chain: string;
  /** From 1; 0 when the start of the chain or its checkpoint is bad. Of an unfinished chain: the first unknown one. */
  readonly position: number;
  /** Time of the last good record before it. */
  readonly afterMs: number | undefined;
}

export interface AuditVerifier {
  /** Takes the next records of one sink, in the order in which they are stored. Returns the good ones. */
  check(sink: AuditSink, records: readonly ChainedRecord[]): readonly ChainedRecord[];
  /** The first problem of each chain, and where its good records end. Must be called once, after all records. */
  finish(): { readonly problems: readonly AuditProblem[]; readonly ends: readonly ChainEnd[] };
}

interface ChainState {
  readonly sink: AuditSink;
  position: number;
  mac: Uint8Array;
  timeMs: number | undefined;
  /** Whether the last good record is the end of the chain. */
  isEnded: boolean;
  problem: AuditProblem | undefined;
  /** Records up to this position were dropped. Those that are still in the store are about to be deleted. */
  droppedTo: number;
  /** The end in the head. The chain must reach it. */
  readonly expectedEnd: ChainEnd | undefined;
}

export interface VerifierOptions {
  readonly auditKey: KeyObject;
  readonly chains: readonly RegisteredChain[];
  readonly checkpoints: readonly AuditCheckpoint[];
  readonly head?: AuditHead | undefined;
  /**
   * Whether the process of that id runs, and may still end its chain. Undefined: unfinished chains are not looked for.
   */
  readonly isRunning?: (process: string) => boolean;
}

/**
 * Follows every chain from its start, or from the checkpoint up to which its old records were dropped. Nothing can be
 * said about a chain after its first bad record, so the rest of it is not checked.
 */
export function createAuditVerifier(options: VerifierOptions): AuditVerifier {
  const { auditKey, chains, checkpoints, head, isRunning } = options;
  /** Chains that an operator closed, each with the record after which it was. */
  const closed = new Set<string>();
  const expectedEnds = new Map(head?.ends.map((end) => [end.chain, end]));
  const states = new Map<string, ChainState>();
  for (const registered of chains) {
    states.set(registered.chain, startOf(auditKey, registered, expectedEnds.get(registered.chain)));
  }
  for (const checkpoint of checkpoints) {
    const state = states.get(checkpoint.chain);
    if (state !== undefined) continueFrom(auditKey, state, checkpoint);
  }
  for (const { chain } of [...checkpoints, ...expectedEnds.values()]) {
    if (!states.has(chain)) states.set(chain, unregistered(chain, "access"));
  }

  return {
    check(sink, records) {
      return records.filter((record) => {
        let state = states.get(record.chain);
        if (state === undefined) {
          state = unregistered(record.chain, sink);
          states.set(record.chain, state);
        }
        const isGood = state.problem === undefined && checkNext(auditKey, state, sink, record);
        if (isGood && record.action === closeAction && record.decision === "allowed") {
          closed.add(`${record.key} ${record.filter}`);
        }
        return isGood;
      });
    },
    finish() {
      const problems: AuditProblem[] = [];
      const ends: ChainEnd[] = [];
      for (const [chain, state] of states) {
        const { position, mac, expectedEnd } = state;
        if (expectedEnd !== undefined && expectedEnd.position > position) fail(state, chain, "cut-off", position + 1);
        if (
          isRunning !== undefined &&
          isUnfinished(chain, state, isRunning) &&
          !closed.has(`${chain} ${closedAfter(position)}`)
        ) {
          fail(state, chain, "unfinished", position + 1);
        }
        if (state.problem !== undefined) problems.push(state.problem);
        ends.push({ chain, position, mac });
      }
      return { problems, ends };
    },
  };
}

function startOf(auditKey: KeyObject, registered: RegisteredChain, expectedEnd: ChainEnd | undefined): ChainState {
  const { chain, sink, startedAtMs, mac } = registered;
  const state: ChainState = {
    sink,
    position: 0,
    mac,
    timeMs: undefined,
    isEnded: false,
    problem: undefined,
    droppedTo: 0,
    expectedEnd,
  };
  const isTime = Number.isSafeInteger(startedAtMs) && startedAtMs >= 0;
  if (!isTime || !isSameBytes(mac, chainStartMac(auditKey, chain, sink, startedAtMs)))
    fail(state, chain, "unregistered", 0);
  return state;
}

/** With all its records behind a checkpoint, a chain is older than the retention. */
function isUnfinished(chain: string, state: ChainState, isRunning: (process: string) => boolean): boolean {
  const process = processOfJournal(chain);
  if (process === undefined || isRunning(process) || state.isEnded) return false;
  return state.position === 0 || state.position > state.droppedTo;
}

function continueFrom(auditKey: KeyObject, state: ChainState, checkpoint: AuditCheckpoint): void {
  if (state.problem !== undefined) return;
  if (checkpoint.sink !== state.sink || !isSignedCheckpoint(auditKey, checkpoint)) {
    fail(state, checkpoint.chain, "bad-checkpoint", 0);
    return;
  }
  state.position = checkpoint.position;
  state.droppedTo = checkpoint.position;
  state.mac = checkpoint.lastMac;
  state.timeMs = checkpoint.lastTimeMs;
}

function unregistered(chain: string, sink: AuditSink): ChainState {
  const state: ChainState = {
    sink,
    position: 0,
    mac: new Uint8Array(0),
    timeMs: undefined,
    isEnded: false,
    problem: undefined,
    droppedTo: 0,
    expectedEnd: undefined,
  };
  fail(state, chain, "unregistered", 0);
  return state;
}

function checkNext(auditKey: KeyObject, state: ChainState, sink: AuditSink, record: ChainedRecord): boolean {
  const { chain } = record;
  const position = state.position + 1;
  if (record.position <= state.droppedTo) return false;
  const isInPlace = sink === state.sink && record.position === position;
  const mac = isInPlace ? nextMac(auditKey, state.mac, record) : undefined;
  if (!isInPlace) {
    fail(state, chain, "missing", position);
  } else if (mac === undefined || !isSameBytes(record.mac, mac)) {
    fail(state, chain, "edited", position);
  } else {
    state.position = position;
    state.mac = mac;
    state.timeMs = record.timeMs;
    state.isEnded = record.action === endAction;
    // Only an attacker who has the audit key can make another record fit here. The head reveals even that.
    const { expectedEnd } = state;
    if (expectedEnd?.position === position && !isSameBytes(expectedEnd.mac, mac))
      fail(state, chain, "edited", position);
  }
  return state.problem === undefined;
}

/** Undefined for a record that cannot have been made, such as one with a negative number. */
function nextMac(auditKey: KeyObject, previous: Uint8Array, record: ChainedRecord): Buffer | undefined {
  try {
    const bytes = encodeAuditRecord(record.chain, record.position, record);
    return createHmac("sha256", auditKey).update(previous).update(bytes).digest();
  } catch {
    return undefined;
  }
}

function fail(state: ChainState, chain: string, kind: AuditProblemKind, position: number): void {
  state.problem ??= { kind, chain, position, afterMs: state.timeMs };
}
