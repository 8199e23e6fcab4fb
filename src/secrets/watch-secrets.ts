import { SecretError } from "../error.ts";
import { withTicks } from "../flow/ticks.ts";
import { limits } from "../limits.ts";
import { isNarrowed, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { checkKeyFilter } from "../rules/key-pattern.ts";
import { createPageToken, readPageToken } from "../rules/page-token.ts";
import { selectNames } from "../rules/selection.ts";
import { type SecretEvents, WatchPositionError } from "../store/secret-events.ts";
import { globMatches } from "../text/glob.ts";
import { enterWatch } from "./open-watches.ts";
import { trackChanges, type WatchedChange, type WatchSelection } from "./track-changes.ts";
import { rightsOf } from "./watch-rights.ts";

export interface WatchRequest {
  readonly keys: readonly string[];
  readonly namespace: string;
  readonly keyPattern: string;
  readonly resumeToken: string;
  /** 0: the default. */
  readonly heartbeatSeconds: number;
}

/** One message to a watcher: a change, or a heartbeat without one. */
export interface WatchMessage {
  readonly change: WatchedChange | undefined;
  readonly resumeToken: string;
}

export interface WatchOptions {
  /** Aborts when the client no longer listens. */
  readonly signal: AbortSignal;
  /** The caller with its current rights. Throws UNAUTHENTICATED once the token is no longer valid. */
  recheck(): Promise<Principal> | Principal;
}

const action = "secret.watch";
const defaultHeartbeatSeconds = 15;

/**
 * How often the token is checked. Another process may also have it cached for a while. In all, a revocation takes a
 * second.
 */
const recheckMs = 200;

/**
 * Sends the changes of the secrets that the caller can see, each once and in order. A secret that is no longer visible
 * is sent as gone, whether its lists or the rights of the caller changed. The first message comes at once. Throws
 * START_OVER when the resume token is too old or the rights have changed since, QUOTA_EXCEEDED or RATE_LIMITED for too
 * many watches, and UNAUTHENTICATED when the token ends.
 */
export async function* watchSecrets(
  context: Context,
  call: CallInfo,
  request: WatchRequest,
  options: WatchOptions,
): AsyncIterable<WatchMessage> {
  const { keyring, quotas, store } = context;
  const { caller } = call;
  const selection = checkSelection(request);
  const heartbeatMs = heartbeatOf(request.heartbeatSeconds) * 1000;
  const binding = ["WatchSecrets", caller.tenant, caller.slug];
  const after = positionFor(caller, readPageToken(keyring, binding, request.resumeToken, "resumeToken"));
  const leave = enterWatch(store, caller, await quotas.of(caller.tenant));
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  try {
    await recordStart(context, call, request);
    const events = store.watchSecrets({ tenant: caller.tenant, after, signal });
    const { recheck } = options;
    const startOver = () => startOverFor(rightsChanged);
    const tracker = trackChanges({ store, caller, selection, isResumed: after !== "", recheck, startOver });
    const tokenFor = (at: string) => createPageToken(keyring, binding, `${tracker.rights()} ${at}`);
    let sentAtMs = performance.now();
    for await (const batch of withTicks(events, recheckMs, signal)) {
      const isFirst = tracker.position() === "";
      let isSent = false;
      for await (const { change, position } of tracker.take(await withoutForged(context, batch))) {
        yield { change, resumeToken: tokenFor(position) };
        isSent = true;
      }
      const position = tracker.position();
      const isDue = position !== "" && (isFirst || performance.now() - sentAtMs >= heartbeatMs);
      if (isDue && !isSent) yield { change: undefined, resumeToken: tokenFor(position) };
      if (isDue || isSent) sentAtMs = performance.now();
    }
  } catch (error) {
    throw error instanceof WatchPositionError ? startOverFor(tooOld) : error;
  } finally {
    ending.abort();
    leave();
  }
}

/**
 * The position in a resume token; "" for none. The token holds the rights under which the watcher was sent everything
 * before it. Under others, what comes next would be wrong: it would show secrets from before the caller could see them,
 * and would not say which ones are gone.
 */
function positionFor(caller: Principal, resumed: string): string {
  if (resumed === "") return "";
  const end = resumed.indexOf(" ");
  if (resumed.slice(0, Math.max(end, 0)) !== rightsOf(caller)) throw startOverFor(rightsChanged);
  return resumed.slice(end + 1);
}

/** Events that were changed or made outside the service are reported, and sent to no watcher. */
async function withoutForged(context: Context, batch: SecretEvents | undefined): Promise<SecretEvents | undefined> {
  if (batch === undefined || batch.events.every(({ isIntact }) => isIntact)) return batch;
  for (const { secret, isIntact } of batch.events) {
    const { tenant, key: name } = secret;
    if (!isIntact) await context.integrity.report({ kind: "event", cause: "edited", tenant, name });
  }
  return { ...batch, events: batch.events.filter(({ isIntact }) => isIntact) };
}

function checkSelection({ keys, namespace, keyPattern }: WatchRequest): WatchSelection {
  const { prefix, glob } = checkKeyFilter(namespace, keyPattern);
  const named = new Set(selectNames({ keys, ids: [], key: "", id: "" }).keys);
  return {
    prefix,
    includes: (key) =>
      (named.size === 0 || named.has(key)) && key.startsWith(prefix) && (glob === undefined || globMatches(glob, key)),
  };
}

function heartbeatOf(seconds: number): number {
  if (seconds <= limits.heartbeatSeconds) return seconds === 0 ? defaultHeartbeatSeconds : seconds;
  const field = "heartbeatSeconds";
  const message = `${field} must be at most ${limits.heartbeatSeconds}`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit: limits.heartbeatSeconds, actual: seconds });
}

async function recordStart(context: Context, call: CallInfo, request: WatchRequest): Promise<void> {
  const { keys, namespace, keyPattern } = request;
  const rule = call.caller.admin && !isNarrowed(call.caller) ? "admin" : "visible";
  const parts = [namespace && `namespace=${namespace}`, keyPattern && `keyPattern=${keyPattern}`];
  const filter = parts.filter((part) => part !== "").join(" ");
  const entry = { action, decision: "allowed", rule, count: keys.length, names: keys, filter } as const;
  await context.accessLog.record([auditRecord(call, context.now(), entry)]);
}

const tooOld = "changes since the resume token are no longer known";
const rightsChanged = "your rights have changed since the resume token, or while older changes were sent";

function startOverFor(why: string): SecretError {
  const message = `${why}: read everything again, and watch without a token`;
  return new SecretError({ reason: "START_OVER", message, field: "resumeToken" });
}
