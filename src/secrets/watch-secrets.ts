import { SecretError } from "../error.ts";
import { withTicks } from "../flow/ticks.ts";
import { limits } from "../limits.ts";
import { isNarrowed, isVisible, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { checkKeyFilter } from "../rules/key-pattern.ts";
import { createPageToken, readPageToken } from "../rules/page-token.ts";
import { selectNames } from "../rules/selection.ts";
import { type SecretEvent, WatchPositionError } from "../store/secret-events.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { globMatches } from "../text/glob.ts";
import { isPresentable } from "./document.ts";
import { enterWatch } from "./open-watches.ts";

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

export interface WatchedChange {
  readonly kind: "appeared" | "updated" | "gone";
  readonly key: string;
  readonly id: string;
  /** Undefined when the secret is gone or its row is damaged. The envelope is empty. */
  readonly secret: StoredSecret | undefined;
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
 * is sent as gone. The first message comes at once. Throws START_OVER when the resume token is too old, RATE_LIMITED
 * for too many watches, and UNAUTHENTICATED when the token ends.
 */
export async function* watchSecrets(
  context: Context,
  call: CallInfo,
  request: WatchRequest,
  options: WatchOptions,
): AsyncIterable<WatchMessage> {
  const isSelected = checkSelection(request);
  const heartbeatMs = heartbeatOf(request.heartbeatSeconds) * 1000;
  const binding = ["WatchSecrets", call.caller.tenant, call.caller.slug];
  const after = readPageToken(context.keyring, binding, request.resumeToken, "resumeToken");
  const leave = enterWatch(context.store, call.caller);
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  try {
    await recordStart(context, call, request);
    const events = context.store.watchSecrets({ tenant: call.caller.tenant, after, signal });
    const tokenFor = (at: string) => createPageToken(context.keyring, binding, at);
    let position = "";
    let sentAtMs = performance.now();
    for await (const batch of withTicks(events, recheckMs, signal)) {
      const isFirst = position === "";
      let isSent = false;
      await options.recheck();
      for (const event of batch?.events ?? []) {
        if (!isSelected(event.secret.key)) continue;
        if (!event.isIntact) {
          const { tenant, key } = event.secret;
          await context.integrity.report({ kind: "event", cause: "edited", tenant, name: key });
          continue;
        }
        // A slow reader takes the events of a batch one by one, and its rights may have changed by then.
        const change = changeFor(await options.recheck(), event);
        if (change === undefined) continue;
        yield { change, resumeToken: tokenFor(event.position) };
        isSent = true;
      }
      position = batch?.position ?? position;
      const isDue = position !== "" && (isFirst || performance.now() - sentAtMs >= heartbeatMs);
      if (isDue && !isSent) yield { change: undefined, resumeToken: tokenFor(position) };
      if (isDue || isSent) sentAtMs = performance.now();
    }
  } catch (error) {
    throw error instanceof WatchPositionError ? startOver() : error;
  } finally {
    ending.abort();
    leave();
  }
}

/** Undefined for a change that this caller must not notice. */
function changeFor(caller: Principal, { secret, formerLists }: SecretEvent): WatchedChange | undefined {
  const former = formerLists && { ...secret, lists: formerLists, removed: false };
  const isSeen = isVisible(caller, secret);
  const wasSeen = isVisible(caller, former);
  const { key, id } = secret;
  if (!isSeen) return wasSeen ? { kind: "gone", key, id, secret: undefined } : undefined;
  return { kind: wasSeen ? "updated" : "appeared", key, id, secret: isPresentable(secret) ? secret : undefined };
}

function checkSelection({ keys, namespace, keyPattern }: WatchRequest): (key: string) => boolean {
  const { prefix, glob } = checkKeyFilter(namespace, keyPattern);
  const named = new Set(selectNames({ keys, ids: [], key: "", id: "" }).keys);
  return (key) =>
    (named.size === 0 || named.has(key)) && key.startsWith(prefix) && (glob === undefined || globMatches(glob, key));
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

function startOver(): SecretError {
  const message =
    "changes since the resume token are no longer known: read everything again, and watch without a token";
  return new SecretError({ reason: "START_OVER", message, field: "resumeToken" });
}
