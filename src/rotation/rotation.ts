import { setTimeout as delay } from "node:timers/promises";
import { SecretError } from "../error.ts";
import { countKeyUses, type KeyUses, retireUnusedKeys } from "../keys/key-uses.ts";
import { wrapAuditKeyAnew } from "../keys/keys-in-use.ts";
import { silentMs } from "../keys/processes.ts";
import { wrapSealingKeysAnew } from "../keys/sealing-keys.ts";
import type { Context } from "../rules/context.ts";
import { rewrapPage, rewrappableKinds } from "./rewrap-rows.ts";

export interface RotationOptions {
  /** 0 means no limit. */
  readonly rowsPerSecond: number;
  readonly forgetAnswers: boolean;
}

export interface RotationProgress {
  /** The key that everything is put under. */
  readonly kid: string;
  readonly done: number;
  readonly total: number;
  readonly damaged: number;
  readonly finished: boolean;
  readonly unusedKids: readonly string[];
  readonly neededKids: readonly string[];
}

export interface RotationState extends Pick<RotationProgress, "done" | "total"> {
  readonly running: boolean;
  readonly startedAtMs: number;
}

/** The rotation of this process. Only one runs at a time, whichever call started it. */
export interface Rotation {
  /** Starts a rotation, unless one is already running. */
  start(options: RotationOptions): void;
  /** How far it has come, or came. Undefined before the first one of this process. */
  state(): RotationState | undefined;
  /**
   * Reports progress from now on. The last message has `finished` set. Throws the error that the rotation failed with.
   */
  follow(signal: AbortSignal): AsyncIterable<RotationProgress>;
  /** Stops the rotation, and waits for its end. Nothing is lost: the next one continues there. */
  stop(): Promise<void>;
}

/** Rows of one page: some milliseconds of work, and one commit of the embedded store. */
const pageRows = 100;

/**
 * Rows under other keys are found by their kid. Each row is replaced on its own, if it is still as it was read. So a
 * rotation has no state: it may be killed at any point, and any number of processes may rotate at the same time.
 */
export function createRotation(context: Context): Rotation {
  let progress: RotationProgress | undefined;
  let failure: unknown;
  let startedAtMs = 0;
  let running: Promise<void> | undefined;
  let stopping = new AbortController();
  let changed = Promise.withResolvers<void>();

  function report(more: Partial<RotationProgress>): void {
    const initial = { done: 0, total: 0, damaged: 0, finished: false, unusedKids: [], neededKids: [] };
    progress = { ...initial, kid: context.keyring.active.kid, ...progress, ...more };
    changed.resolve();
    changed = Promise.withResolvers();
  }

  async function run(options: RotationOptions, signal: AbortSignal): Promise<void> {
    try {
      await rotate(context, options, signal, report);
    } catch (error) {
      const message = "the service is stopping; the next rotation continues where this one stopped";
      failure = signal.aborted ? new SecretError({ reason: "STORE_UNAVAILABLE", message }) : error;
    }
    running = undefined;
    changed.resolve();
    changed = Promise.withResolvers();
  }

  return {
    start(options) {
      if (running !== undefined) return;
      progress = undefined;
      failure = undefined;
      stopping = new AbortController();
      startedAtMs = context.now();
      report({});
      running = run(options, stopping.signal);
    },
    state() {
      if (progress === undefined) return undefined;
      const { done, total } = progress;
      return { running: running !== undefined, done, total, startedAtMs };
    },
    async *follow(signal) {
      const ended = Promise.withResolvers<void>();
      const end = () => ended.resolve();
      signal.addEventListener("abort", end);
      try {
        let reported: RotationProgress | undefined;
        while (!signal.aborted) {
          const next = changed.promise;
          if (failure !== undefined) throw failure;
          const current = progress;
          if (current !== undefined && current !== reported) yield current;
          if (current?.finished) return;
          reported = current;
          await Promise.race([next, ended.promise]);
        }
      } finally {
        signal.removeEventListener("abort", end);
      }
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

type Report = (more: Partial<RotationProgress>) => void;

async function rotate(context: Context, options: RotationOptions, signal: AbortSignal, report: Report): Promise<void> {
  const { store, keyring } = context;
  const total = sumRows(await formerUses(context));
  let done = 0;
  let damaged = 0;
  report({ total });
  // Repeated, because a process that has just ended may have left rows under a former key.
  for (let changed = Number.POSITIVE_INFINITY; changed > 0; ) {
    changed = 0;
    damaged = 0;
    for (const kid of (await formerUses(context)).keys()) {
      for await (const page of rewrapAll(context, kid, options.rowsPerSecond, signal)) {
        changed += page.changed;
        damaged += page.damaged;
        done += page.changed;
        report({ done: done + damaged, damaged, total: Math.max(total, done + damaged) });
      }
    }
  }
  await wrapAuditKeyAnew(store, keyring);
  await wrapSealingKeysAnew(store, keyring);
  const former = keyring.keys.map(({ kid }) => kid).filter((kid) => kid !== keyring.active.kid);
  if (options.forgetAnswers && former.length > 0) await store.forgetIdempotency(former);
  await retireUnusedKeys(store, keyring, () => activeKids(context), context.now());
  const needed = [...(await countKeyUses(store, context.now())).keys()].filter((kid) => kid !== keyring.active.kid);
  const neededKids = [...new Set(needed)];
  const unusedKids = former.filter((kid) => !neededKids.includes(kid));
  report({ finished: true, unusedKids, neededKids, total: Math.max(total, done + damaged), done: done + damaged });
}

async function* rewrapAll(context: Context, kid: string, rowsPerSecond: number, signal: AbortSignal) {
  const { store, keyring } = context;
  const limit = rowsPerSecond === 0 ? pageRows : Math.min(pageRows, rowsPerSecond);
  for (const kind of rewrappableKinds) {
    for (let after: string | undefined = ""; after !== undefined; ) {
      signal.throwIfAborted();
      const page = await rewrapPage(store, keyring, kind, { kid, after, limit });
      after = page.next;
      yield page;
      if (rowsPerSecond > 0 && page.rows > 0) await delay((1000 * page.rows) / rowsPerSecond, undefined, { signal });
    }
  }
}

/** How many rows are under each key of the keyring other than the active one. */
async function formerUses({ store, keyring, now }: Context): Promise<ReadonlyMap<string, KeyUses>> {
  const uses = await countKeyUses(store, now());
  return new Map([...uses].filter(([kid]) => kid !== keyring.active.kid && keyring.get(kid) !== undefined));
}

function sumRows(uses: ReadonlyMap<string, KeyUses>): number {
  return [...uses.values()].reduce((sum, of) => sum + of.secrets + of.history + of.users + of.tokens, 0);
}

async function activeKids({ store }: Context): Promise<readonly string[]> {
  return (await store.listProcesses(silentMs)).flatMap(({ kids }) => kids.slice(0, 1));
}
