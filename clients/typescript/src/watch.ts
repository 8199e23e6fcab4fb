import { type Client, Code } from "@connectrpc/connect";
import { type Connection, headerOf, isRenewed } from "./calls.ts";
import { errorFromCall, SecretServiceError } from "./errors.ts";
import { Reason } from "./gen/secret/v1/error_pb.ts";
import type { SecretService, WatchSecretsResponse } from "./gen/secret/v1/secret_service_pb.ts";
import { type SecretChange, secretFromMessage } from "./secret.ts";

/** Selects the changes to send; all given conditions must hold. */
export interface WatchOptions {
  /** Only secrets with one of these keys, up to 1,000. */
  readonly keys?: readonly string[] | undefined;
  /** The first segment of the keys. */
  readonly namespace?: string | undefined;
  /** A text that the key contains or, when it has a `*`, that matches it as a whole. */
  readonly keyPattern?: string | undefined;
  /** From an earlier event: sends what happened since. Without it: what happens from now on. */
  readonly resumeToken?: string | undefined;
  /** Ends the watch, without an error. */
  readonly signal?: AbortSignal | undefined;
}

/** One event of a watch. */
export interface WatchEvent {
  /** Undefined in the first event: the watch has started, so later reads do not become outdated unnoticed. */
  readonly change: SecretChange | undefined;
  /** Lets a later watch of the same caller continue after this event. */
  readonly resumeToken: string;
}

const heartbeatSeconds = 15;
/** After this long without a heartbeat the connection counts as dead. */
const silenceMs = 3 * heartbeatSeconds * 1000;
const firstWaitMs = 100;
const longestWaitMs = 10_000;
const maxTriesToStart = 4;

/** See ServiceClient.watch. */
export async function* watchSecrets(
  connection: Connection,
  secrets: Client<typeof SecretService>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  const signal = options.signal ?? new AbortController().signal;
  let resumeToken = options.resumeToken ?? "";
  let hasStarted = false;
  for (let failures = 0; ; ) {
    const token = await connection.token();
    try {
      for await (const message of openWatch(connection, secrets, { ...options, resumeToken, signal }, token)) {
        failures = 0;
        ({ resumeToken } = message);
        if (message.change !== undefined || !hasStarted) yield eventOf(message);
        hasStarted = true;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SecretServiceError)) throw error;
      if (error.code === Code.Unauthenticated && (await isRenewed(connection, token))) continue;
      if (!isPassing(error, hasStarted)) throw error;
      if (!hasStarted && failures + 1 === maxTriesToStart) throw error;
    }
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    if (!(await pause(wait, signal))) return;
  }
}

/** The part of a watch that one connection serves. Throws SecretServiceError, also for a service that is silent. */
async function* openWatch(
  connection: Connection,
  secrets: Client<typeof SecretService>,
  options: WatchOptions & { readonly resumeToken: string; readonly signal: AbortSignal },
  token: string,
): AsyncGenerator<WatchSecretsResponse, void, undefined> {
  const { keys = [], namespace = "", keyPattern = "", resumeToken, signal } = options;
  const headers = headerOf(token);
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), connection.timeoutMs);
  const request = { keys: [...keys], namespace, keyPattern, resumeToken, heartbeatSeconds };
  const call = { headers, signal: AbortSignal.any([signal, silent.signal]) };
  const messages = secrets.watchSecrets(request, call)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await messages.next().catch((error: unknown) => {
        if (!silent.signal.aborted) throw errorFromCall(error);
        throw new SecretServiceError(Code.DeadlineExceeded, "the service did not say anything in time");
      });
      clearTimeout(timer);
      if (next.done === true) return;
      yield next.value;
      timer = setTimeout(() => silent.abort(), silenceMs);
    }
  } finally {
    clearTimeout(timer);
    // A caller that stops iterating ends the call.
    silent.abort();
  }
}

/** A refusal by the service is final; any other failure is temporary, once the watch has worked. */
function isPassing({ code, reason }: SecretServiceError, hasStarted: boolean): boolean {
  return code === Code.Unavailable || (hasStarted && reason === Reason.UNSPECIFIED);
}

function eventOf({ change, resumeToken }: WatchSecretsResponse): WatchEvent {
  if (change === undefined) return { change: undefined, resumeToken };
  const { kind, key, id, secret } = change;
  const left = secret === undefined ? undefined : secretFromMessage(secret);
  return { change: { kind, key, id, secret: left }, resumeToken };
}

/** Whether the time passed before the signal aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
