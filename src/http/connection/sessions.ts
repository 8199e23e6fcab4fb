import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { ignore } from "../call/exchange.ts";

interface SessionState {
  readonly peer: string;
  /** Calls that may be silent for long, because they are streams. */
  patientCalls: number;
}

/** The open HTTP/2 connections. */
export interface Sessions {
  add(session: ServerHttp2Session): void;
  peerOf(stream: ServerHttp2Stream): string;
  /** The stream may be silent for longer than `stalledMs` without being taken for dead. */
  bePatientWith(stream: ServerHttp2Stream): void;
  /** Takes no new calls, and lets those under way finish. */
  drain(): void;
  destroy(): void;
}

/**
 * Keeps track of HTTP/2 connections. One without traffic for `stalledMs` is closed, whatever it has open: its peer does
 * not read, does not send, or is gone. Streams are excepted as long as the peer answers pings.
 */
export function createSessions(stalledMs: number): Sessions {
  const open = new Map<ServerHttp2Session, SessionState>();
  return {
    add(session) {
      const state: SessionState = { peer: session.socket.remoteAddress ?? "", patientCalls: 0 };
      open.set(session, state);
      session.on("error", ignore);
      session.on("close", () => open.delete(session));
      session.setTimeout(stalledMs, () => {
        if (state.patientCalls === 0) session.destroy();
        else ping(session, stalledMs);
      });
    },
    peerOf: (stream) =>
      stream.session === undefined ? "" : (open.get(stream.session as ServerHttp2Session)?.peer ?? ""),
    bePatientWith(stream) {
      const state = open.get(stream.session as ServerHttp2Session);
      if (state === undefined) return;
      state.patientCalls++;
      stream.once("close", () => state.patientCalls--);
    },
    drain() {
      for (const session of open.keys()) session.close();
    },
    destroy() {
      for (const session of open.keys()) session.destroy();
    },
  };
}

function ping(session: ServerHttp2Session, timeoutMs: number): void {
  const timer = setTimeout(() => session.destroy(), timeoutMs);
  const clear = () => clearTimeout(timer);
  session.once("close", clear);
  session.ping((error) => {
    session.off("close", clear);
    clear();
    if (error !== null) session.destroy();
  });
}
