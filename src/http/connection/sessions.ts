import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Connection } from "./connection.ts";
import type { Misconduct } from "./misconduct.ts";

interface SessionState {
  readonly connection: Connection;
  /** Number of open streams that may be silent for long. */
  silentStreams: number;
  isProbed: boolean;
}

/** The open HTTP/2 connections. */
export interface Sessions {
  add(session: ServerHttp2Session, connection: Connection): void;
  /** Undefined: it is closed. */
  connectionOf(stream: ServerHttp2Stream): Connection | undefined;
  /** Keeps the connection open while the stream is silent, as long as the peer answers pings. */
  allowSilence(stream: ServerHttp2Stream): void;
  /** Closes the connection unless its peer answers a ping: it reads no stream, or nothing at all. */
  probe(stream: ServerHttp2Stream): void;
  /** Refuses new calls, and lets those in progress finish. */
  drain(): void;
  destroy(): void;
}

export interface SessionOptions {
  readonly stalledMs: number;
  /** For the answer to a ping. */
  readonly probeMs: number;
  readonly misconduct: Misconduct;
}

/**
 * Tracks HTTP/2 connections, and closes each one without traffic for `stalledMs`, even during calls: its peer does not
 * read, does not send, or is gone. A connection with a streaming call stays open as long as the peer answers pings.
 */
export function createSessions({ stalledMs, probeMs, misconduct }: SessionOptions): Sessions {
  const open = new Map<ServerHttp2Session, SessionState>();
  return {
    add(session, connection) {
      misconduct.watch(connection);
      session.once("close", () => misconduct.forget(connection));
      const state: SessionState = { connection, silentStreams: 0, isProbed: false };
      open.set(session, state);
      session.on("error", dropStack);
      session.on("close", () => {
        open.delete(session);
        stopTimer(session);
      });
      session.setTimeout(stalledMs, () => {
        if (state.silentStreams === 0) session.destroy();
        else ping(session, stalledMs);
      });
    },
    connectionOf: (stream) => open.get(stream.session as ServerHttp2Session)?.connection,
    allowSilence(stream) {
      const state = open.get(stream.session as ServerHttp2Session);
      if (state === undefined) return;
      state.silentStreams++;
      stream.once("close", () => state.silentStreams--);
    },
    probe(stream) {
      const session = stream.session as ServerHttp2Session | undefined;
      const state = session && open.get(session);
      if (state === undefined || session === undefined || state.isProbed) return;
      state.isProbed = true;
      ping(session, probeMs, () => {
        state.isProbed = false;
      });
    },
    drain() {
      for (const session of open.keys()) session.close();
    },
    destroy() {
      for (const session of open.keys()) session.destroy();
    },
  };
}

/**
 * The frames of an error's stack hold the native side of the session, and that holds settings that the client has not
 * acknowledged, which hold the session: a cycle that V8 does not see, so all of it would stay in memory for ever.
 */
function dropStack(error: Error): void {
  error.stack = "";
}

/**
 * Node leaves the timer of a destroyed session running, because it takes no more settings of one. The timer would hold
 * the session until its end.
 */
function stopTimer(session: ServerHttp2Session): void {
  Object.defineProperty(session, "destroyed", { value: false, configurable: true });
  session.setTimeout(0);
  Reflect.deleteProperty(session, "destroyed");
}

function ping(session: ServerHttp2Session, timeoutMs: number, onAnswer = () => {}): void {
  const timer = setTimeout(() => session.destroy(), timeoutMs);
  const clear = () => clearTimeout(timer);
  session.once("close", clear);
  session.ping((error) => {
    session.off("close", clear);
    clear();
    if (error === null) onAnswer();
    else session.destroy();
  });
}
