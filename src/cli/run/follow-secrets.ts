import { setTimeout as pause } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import type { SecretChange, WatchSecretsResponse } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Service } from "../frame/client.ts";

export interface Follower {
  readonly namespace: string;
  readonly keys: readonly string[];
  readonly keyPattern: string;
  /** Where to start; "" starts now. */
  readonly resumeToken: string;
  /** Stops following, without an error. */
  readonly signal: AbortSignal;
  onChange(change: SecretChange, resumeToken: string): void;
  /** The connection is open: changes from now on are reported. Called again after each break. */
  onConnected?(): void;
  /** The connection broke, for this reason. It is opened again. */
  onBreak?(error: ConnectError): void;
  /** Changes were missed and cannot be recovered. Changes from now on are reported. */
  onMissed?(): void;
  /** The service no longer accepts `token`, and there is no other. Waits for one: whether to continue. */
  onTokenEnded?(error: ConnectError, token: string): Promise<boolean>;
}

/** What following takes of a service. */
type Watched = Pick<Service, "secrets" | "credentials">;

/** How long a command waits for the first message of a watch. */
export const patienceMs = 1_000;

/** What it says then. */
export const notWatchingYet =
  "changes are not watched yet: the service has sent nothing, or a proxy in front of it holds the response back";

const heartbeatSeconds = 15;
/** Without a heartbeat for this long, the connection is taken for dead. */
const silenceMs = 3 * heartbeatSeconds * 1000;
const pausesMs = [250, 500, 1000, 2000, 5000] as const;
const longestPauseMs = 10_000;

/**
 * Follows the changes of secrets until the signal aborts, over as many connections as it takes. After a break, and when
 * the token file holds a new token, it continues where it stopped. Throws an error that a retry would not cure, such as
 * a revoked token.
 */
export async function followSecrets(service: Watched, follower: Follower): Promise<void> {
  const { signal } = follower;
  let { resumeToken } = follower;
  let failures = 0;
  while (!signal.aborted) {
    const token = service.credentials?.latest();
    let isOpen = false;
    try {
      for await (const message of openStream(service, follower, resumeToken, token)) {
        failures = 0;
        // Later messages without a change are heartbeats.
        if (!isOpen) follower.onConnected?.();
        isOpen = true;
        ({ resumeToken } = message);
        if (message.change !== undefined) follower.onChange(message.change, resumeToken);
      }
    } catch (error) {
      if (signal.aborted) return;
      const failure = ConnectError.from(error);
      if (resumeToken !== "" && resumeToken !== follower.resumeToken && isTooOld(failure)) {
        resumeToken = "";
        follower.onMissed?.();
        continue;
      }
      if (failure.code === Code.Unauthenticated && (await isRenewed(service, follower, failure, token))) continue;
      if (signal.aborted) return;
      if (!isPassing(failure)) throw error;
      follower.onBreak?.(failure);
    }
    failures += 1;
    await pause(pausesMs[failures - 1] ?? longestPauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether there is another token than the one that the service refused. */
async function isRenewed(
  { credentials }: Watched,
  follower: Follower,
  failure: ConnectError,
  token: string | undefined,
): Promise<boolean> {
  if (token === undefined) return false;
  if ((await credentials?.isRenewed(token)) === true) return true;
  return (await follower.onTokenEnded?.(failure, token)) === true;
}

async function* openStream(
  service: Watched,
  { namespace, keys, keyPattern, signal }: Follower,
  resumeToken: string,
  token: string | undefined,
): AsyncIterable<WatchSecretsResponse> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silenceMs);
  const request = { namespace, keys: [...keys], keyPattern, resumeToken, heartbeatSeconds };
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { headers, signal: AbortSignal.any([signal, silent.signal]), timeoutMs: 0 };
    for await (const message of service.secrets.watchSecrets(request, options)) {
      timer.refresh();
      yield message;
    }
  } finally {
    clearTimeout(timer);
  }
}

function isTooOld(error: ConnectError): boolean {
  return error.findDetails(ErrorDetailSchema)[0]?.reason === Reason.START_OVER;
}

const passing: readonly Code[] = [Code.Unavailable, Code.Aborted, Code.Canceled, Code.DeadlineExceeded, Code.Internal];

function isPassing(error: ConnectError): boolean {
  const reason = error.findDetails(ErrorDetailSchema)[0]?.reason;
  // A watch that ended counts until the service has noticed it.
  if (reason === Reason.RATE_LIMITED || reason === Reason.QUOTA_EXCEEDED) return true;
  return passing.includes(error.code) || (error.code === Code.Unknown && error.cause !== undefined);
}
