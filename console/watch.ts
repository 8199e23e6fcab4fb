import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type SecretChange, SecretChangeSchema } from "../gen/secret/v1/secret_service_pb.ts";
import { noticeOver, secretService } from "./api.ts";

/** `live`: changes arrive as they happen. */
export type WatchState = "connecting" | "live" | "reconnecting";

export interface WatchListener {
  change(change: SecretChange): void;
  state(state: WatchState): void;
  /** Changes were missed: everything has to be loaded again. */
  startOver(): void;
}

type Message =
  | { readonly kind: "hello" }
  | { readonly kind: "state"; readonly state: WatchState; readonly token: string }
  | { readonly kind: "change"; readonly bytes: Uint8Array; readonly token: string }
  | { readonly kind: "start-over" };

const heartbeatSeconds = 15;
/** Without a message for so long, the connection is dead although no one has said so. */
const silentMs = 3 * heartbeatSeconds * 1000;
const waitsMs = [300, 700, 1500, 3000, 5000];

/**
 * Follows all changes that the viewer may see. HTTP/1.1 gives a browser six connections, and a stream holds one: so one
 * tab has the stream, under a lock, and sends what comes to the others. When it closes, the next one goes on where it
 * ended. `session` keeps tabs of different sessions apart. Returns what stops it.
 */
export function watchChanges(session: string, listener: WatchListener): () => void {
  const stopping = new AbortController();
  const channel = new BroadcastChannel(`secret-svc/changes/${session}`);
  let token = "";
  let state: WatchState = "connecting";
  let leads = false;
  const setState = (next: WatchState) => {
    state = next;
    listener.state(next);
  };
  const post = (message: Message) => {
    if (!stopping.signal.aborted) channel.postMessage(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === "hello") {
      if (leads) post({ kind: "state", state, token });
    } else if (leads) return;
    else if (data.kind === "start-over") listener.startOver();
    else {
      token = data.token;
      if (data.kind === "state") setState(data.state);
      else listener.change(fromBinary(SecretChangeSchema, data.bytes));
    }
  };

  const lead = async () => {
    leads = true;
    for (let failures = 0; !stopping.signal.aborted; ) {
      const attempt = new AbortController();
      const stop = () => attempt.abort();
      stopping.signal.addEventListener("abort", stop);
      // The browser knows at once that there is no network; the stream would only be silent.
      addEventListener("offline", stop);
      let silence = setTimeout(stop, silentMs);
      try {
        const request = { resumeToken: token, heartbeatSeconds };
        // A stream has no end: the deadline of calls would cut it off.
        const stream = secretService.watchSecrets(request, { signal: attempt.signal, timeoutMs: 0 });
        for await (const { change, resumeToken } of stream) {
          clearTimeout(silence);
          silence = setTimeout(stop, silentMs);
          failures = 0;
          token = resumeToken;
          if (state !== "live") {
            setState("live");
            post({ kind: "state", state, token });
          }
          if (change === undefined) continue;
          listener.change(change);
          post({ kind: "change", bytes: toBinary(SecretChangeSchema, change), token });
        }
      } catch (error) {
        if (stopping.signal.aborted || noticeOver(error)) break;
        if (ConnectError.from(error).code === Code.OutOfRange) {
          token = "";
          listener.startOver();
          post({ kind: "start-over" });
        }
      } finally {
        clearTimeout(silence);
        stopping.signal.removeEventListener("abort", stop);
        removeEventListener("offline", stop);
      }
      setState("reconnecting");
      post({ kind: "state", state, token });
      await wait(waitsMs[Math.min(failures, waitsMs.length - 1)] ?? 0, stopping.signal);
      failures += 1;
    }
  };
  post({ kind: "hello" });
  if (navigator.locks === undefined) void lead();
  else {
    const options = { signal: stopping.signal };
    navigator.locks.request(`secret-svc/watch/${session}`, options, lead).catch(() => undefined);
  }
  return () => {
    stopping.abort();
    channel.close();
  };
}

/** Waits, but not longer than until there is a network again. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
