import { setTimeout as pause } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import type { SecretChange } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { systemCode, wordsOf } from "../frame/errors.ts";
import { openService } from "../frame/options.ts";
import { type Child, createLauncher, type Inherited } from "./child-process.ts";
import { followSecrets, notWatchingYet, patienceMs } from "./follow-secrets.ts";
import type { Variable } from "./variables.ts";
import type { WatchedKeys } from "./watched-keys.ts";

export interface WatchedRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly inherited: Inherited;
  readonly watched: WatchedKeys;
  /** Sent to the command on a change; its environment stays. Undefined: it is started again with the new one. */
  readonly signal: NodeJS.Signals | undefined;
  /** Reads the secrets of the command, and reports what is wrong with them. Throws when one cannot be read. */
  readonly read: (cli: Cli) => Promise<readonly Variable[]>;
  readonly environmentOf: (variables: readonly Variable[]) => NodeJS.ProcessEnv;
}

/** Changes within this time count as one. */
const settleMs = 200;
/** How long the command has to end before it is killed. */
const graceMs = 10_000;

/** Until changed secrets that could not be read are read again; then twice as long, and so on. */
const rereadMs = 1000;
const longestRereadMs = 60_000;

/**
 * Runs a command. When one of its secrets changes, starts it again or sends it a signal. Returns the exit code of the
 * command that ends by itself. Listens before it reads, so it misses no change in between. When it cannot listen yet,
 * it says so, starts the command, and reads again once it listens. When changed secrets cannot be read, the command
 * continues with the old ones, a warning says so, and they are read again soon. When changes can no longer be watched,
 * that is an error: `oo` then fails even if the command succeeds.
 */
export async function runWatched(cli: Cli, command: Command, run: WatchedRun): Promise<number> {
  const service = await openService(cli, command);
  const launcher = createLauncher(run.program, run.args, run.inherited);
  const ending = new AbortController();
  const changes = createBell();
  const following = follow(cli, service, run.watched, ending.signal, changes.ring);
  try {
    if (!(await changes.isHeardWithin(patienceMs))) cli.output.hint(notWatchingYet);
    changes.silence();
    let variables = await run.read(cli);
    let child = await launcher.start(run.environmentOf(variables));
    let againMs = rereadMs;
    for (;;) {
      const code = await Promise.race([child.ended, changes.heard().then(() => undefined)]);
      if (code !== undefined) return code;
      await pause(settleMs);
      changes.silence();
      const fresh = await run.read(withoutFailing(cli)).catch((error: unknown) => explain(cli, error));
      if (fresh === undefined) {
        setTimeout(changes.ring, againMs).unref();
        againMs = Math.min(longestRereadMs, 2 * againMs);
        continue;
      }
      againMs = rereadMs;
      if (JSON.stringify(fresh) === JSON.stringify(variables)) continue;
      variables = fresh;
      if (run.signal !== undefined) {
        cli.output.hint(`secrets changed: sending ${run.signal}`);
        child.signal(run.signal);
        continue;
      }
      cli.output.hint("secrets changed: starting the command again");
      await end(child);
      child = await launcher.start(run.environmentOf(variables));
    }
  } finally {
    ending.abort();
    await following;
  }
}

/** The first ring means that the connection is open, or that it never will be. */
async function follow(
  cli: Cli,
  service: Service,
  { namespace, isWatched }: WatchedKeys,
  signal: AbortSignal,
  ring: () => void,
): Promise<void> {
  let isConnected = false;
  const onConnected = () => {
    isConnected = true;
    ring();
  };
  const fail = (error: unknown) => {
    cli.output.error(`changes are not watched, and the command keeps the values that it has: ${textOf(error)}`);
    if (!isConnected) ring();
  };
  const onTokenEnded = async (error: ConnectError, token: string) => {
    const { credentials } = service;
    if (credentials?.isFromFile !== true) return false;
    fail(error);
    const isRenewed = await credentials.whenRenewed(token, signal);
    if (isRenewed) cli.output.hint("the token file holds another token: watching again");
    return isRenewed;
  };
  const wanted = { namespace, keys: [], keyPattern: "", resumeToken: "", signal };
  const onChange = ({ key }: SecretChange) => {
    if (isWatched(key)) ring();
  };
  const callbacks = { onChange, onConnected, onMissed: ring, onTokenEnded };
  try {
    await followSecrets(service, { ...wanted, ...callbacks });
  } catch (error) {
    fail(error);
  }
}

/** A problem with a change that may pass does not fail the command that runs, and hints were given at the start. */
function withoutFailing(cli: Cli): Cli {
  return { ...cli, output: { ...cli.output, error: cli.output.warning, hint: () => undefined } };
}

function explain(cli: Cli, error: unknown): undefined {
  cli.output.warning(`secrets changed, but cannot be read; the command continues with the old ones: ${textOf(error)}`);
}

/** The message of an error of a command or a call, which never holds a value. */
function textOf(error: unknown): string {
  const code = systemCode(error);
  if (code !== undefined) return wordsOf(code);
  if (error instanceof ConnectError) return error.code === Code.Unauthenticated ? "the token ended" : error.rawMessage;
  return error instanceof Error ? error.message : "unknown error";
}

async function end(child: Child): Promise<void> {
  child.signal("SIGTERM");
  const timer = setTimeout(() => child.signal("SIGKILL"), graceMs);
  await child.ended;
  clearTimeout(timer);
}

interface Bell {
  readonly ring: () => void;
  /** Resolves once the bell has rung after it was last silenced. */
  heard(): Promise<void>;
  /** Whether that happens within this time. */
  isHeardWithin(ms: number): Promise<boolean>;
  silence(): void;
}

function createBell(): Bell {
  let rung = Promise.withResolvers<void>();
  return {
    ring: () => rung.resolve(),
    heard: () => rung.promise,
    async isHeardWithin(ms) {
      const ended = new AbortController();
      const isHeard = await Promise.race([
        rung.promise.then(() => true),
        pause(ms, false, { signal: ended.signal }).catch(() => false),
      ]);
      ended.abort();
      return isHeard;
    },
    silence: () => {
      rung = Promise.withResolvers<void>();
    },
  };
}
