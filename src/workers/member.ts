import { type ChildProcess, fork } from "node:child_process";
import type { Forgotten, FromWorker, ServiceFacts, Start, ToWorker } from "./messages.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number;
  /** For people: `with exit code 1`. */
  readonly how: string;
}

/** One process of a worker, from its start to its end. */
export interface Member {
  readonly slot: number;
  readonly pid: number | undefined;
  /** It may have callers in its memory. */
  readonly hasJoined: boolean;
  /** Undefined until it serves calls. */
  readonly facts: ServiceFacts | undefined;
  /** Whether its store and audit log work. */
  readonly isReady: boolean;
  readonly hasExited: boolean;
  readonly exited: Promise<Exit>;
  /** Resolves when it serves calls, and with undefined when it has ended before. */
  readonly started: Promise<ServiceFacts | undefined>;
  send(message: ToWorker): void;
  /** Resolves with the answer, and with undefined when the process has ended. */
  ask(message: Question): Promise<unknown>;
  kill(): void;
}

export type Question = { readonly type: "forget"; readonly what: Forgotten } | { readonly type: "metrics" };

export interface MemberOptions {
  /** The file of the program. */
  readonly program: string;
  readonly start: Start;
  /** Called when it has something that all others must forget. It is answered once this resolves. */
  readonly onAnnounce: (what: Forgotten, from: Member) => Promise<void>;
  /** Called when it begins or ceases to be ready. */
  readonly onReadiness: () => void;
}

/** Starts a worker. Its output goes where that of this process goes. */
export function startMember({ program, start, onAnnounce, onReadiness }: MemberOptions): Member {
  const child = fork(program, ["worker"], {
    // The secrets and the metrics are maps and lists of objects.
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const asked = new Map<number, (result: unknown) => void>();
  const started = Promise.withResolvers<ServiceFacts | undefined>();
  let lastId = 0;
  let [hasJoined, isReady, hasExited] = [false, false, false];
  let facts: ServiceFacts | undefined;
  const send = (message: ToWorker) => {
    // It may end at any moment; `exited` says so.
    if (child.connected) child.send(message, () => {});
  };
  const exited = exitOf(child).then((exit) => {
    [hasExited, isReady] = [true, false];
    for (const answer of asked.values()) answer(undefined);
    started.resolve(undefined);
    return exit;
  });

  const take = (message: FromWorker) => {
    switch (message.type) {
      case "join":
        hasJoined = true;
        send({ type: "joined" });
        break;
      case "ready":
        [facts, isReady] = [message.facts, true];
        started.resolve(facts);
        onReadiness();
        break;
      case "readiness":
        isReady = message.isReady;
        onReadiness();
        break;
      case "announce":
        onAnnounce(message.what, member).then(() => send({ type: "announced", id: message.id }));
        break;
      case "done":
        asked.get(message.id)?.(message.result);
        break;
    }
  };
  child.on("message", (message) => take(message as FromWorker));
  send(start);

  const member: Member = {
    slot: start.slot,
    pid: child.pid,
    get hasJoined() {
      return hasJoined;
    },
    get facts() {
      return facts;
    },
    get isReady() {
      return isReady;
    },
    get hasExited() {
      return hasExited;
    },
    exited,
    started: started.promise,
    send,
    ask(question) {
      if (hasExited) return Promise.resolve(undefined);
      lastId += 1;
      const id = lastId;
      const answer = new Promise<unknown>((resolve) => asked.set(id, resolve));
      send({ ...question, id });
      return answer.finally(() => asked.delete(id));
    },
    kill: () => void child.kill("SIGKILL"),
  };
  return member;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) =>
      resolve({ code: code ?? 1, how: signal === null ? `with exit code ${code}` : `by ${signal}` }),
    );
    // Without a process there is no exit. Other errors, such as those of sending, say nothing about its end.
    child.on("error", ({ message }) => {
      if (child.pid === undefined) resolve({ code: 1, how: `because it could not be started (${message})` });
    });
  });
}
