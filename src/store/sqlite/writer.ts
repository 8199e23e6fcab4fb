import { Worker } from "node:worker_threads";
import { StoreError } from "../store-error.ts";
import type {
  FromWriter,
  Outcome,
  RequestBody,
  RequestKind,
  ToWriter,
  WriteFailure,
  WriteReply,
  WriteRequest,
  WriterSettings,
} from "./writer-requests.ts";

/** The main thread's end of a writer thread. */
export interface Writer {
  /** Resolves once the request is stored. Rejects with `StoreError`. Never hangs, not even when the thread dies. */
  request<K extends RequestKind>(kind: K, body: RequestBody[K]): Promise<Outcome[K]>;
  /**
   * Tries whether every table can be written, if a write failed since the last try, or that is a while ago. Rejects
   * with `StoreError`.
   */
  probe(): Promise<void>;
  /** Calls `prepare` right before anything is acknowledged. */
  beforeReplies(prepare: () => void): void;
  /** Refuses new requests, waits for those that are running, then ends the thread. */
  close(): Promise<void>;
}

interface Pending {
  resolve(outcome: unknown): void;
  reject(error: StoreError): void;
}

interface Waiting {
  readonly request: WriteRequest;
  readonly reply: Pending;
}

/** After a probe that succeeded, and while no write fails, there is no other for this long. */
const trustedMs = 30_000;

/**
 * So many writes of one turn of the event loop share a message. More would leave the thread without work meanwhile.
 *
 * With 16 callers a save takes 6 % less processor time than with a message for each
 * (`npm run bench:against -- CHECKOUT --operation write --callers 16`).
 */
const sharedMessage = 4;

/** Starts a writer thread and waits until its file is open. Throws `StoreError`. */
export async function startWriter(settings: WriterSettings): Promise<Writer> {
  // The same folder holds worker.ts when run unbuilt and worker.js when compiled.
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const worker = new Worker(new URL(`./worker${extension}`, import.meta.url), {
    workerData: settings,
    name: `store-${settings.sink}`,
    // The environment may hold encryption keys.
    env: {},
  });
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  await ready(worker, exited);
  return createWriter(worker, exited);
}

async function ready(worker: Worker, exited: Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.once("message", (message: FromWriter) => {
    if (message.kind === "ready") resolve();
    else if (message.kind === "refused") {
      reject(new StoreError("unavailable", message.message, { fault: message.fault }));
    } else reject(new StoreError("unavailable", "the store's writer did not start"));
  });
  worker.once("error", (cause) => reject(new StoreError("unavailable", "the store's writer did not start", { cause })));
  exited.then(() => reject(new StoreError("unavailable", "the store's writer did not start")));
  await promise;
}

function createWriter(worker: Worker, exited: Promise<void>): Writer {
  /** What was not sent yet. */
  const waiting: Waiting[] = [];
  const pending: Pending[] = [];
  let refusal: string | undefined;
  let closing = false;
  let trustedUntilMs = Number.NEGATIVE_INFINITY;
  let prepareReplies = () => {};

  function die(cause: unknown): void {
    refusal ??= "the store's writer has stopped";
    const error = new StoreError("unknown-outcome", "the store's writer stopped before it replied", { cause });
    for (const { reject } of pending.splice(0)) reject(error);
    for (const { reply } of waiting.splice(0)) reply.reject(error);
  }

  worker.on("message", (message: FromWriter) => {
    if (message.kind !== "replies") return;
    if (message.replies.some(({ stored }) => !stored)) trustedUntilMs = Number.NEGATIVE_INFINITY;
    prepareReplies();
    for (const [at, { resolve, reject }] of pending.splice(0, message.replies.length).entries()) {
      settle(message.replies[at], resolve, reject);
    }
  });
  worker.on("error", die);
  worker.on("messageerror", (cause) => {
    die(cause);
    worker.terminate();
  });
  exited.then(() => die(undefined));

  const post = (message: ToWriter) => worker.postMessage(message);

  /** One message costs less than several. */
  function flush(): void {
    const requests = waiting.splice(0);
    if (requests.length === 0) return;
    try {
      post({ kind: "requests", requests: requests.map(({ request }) => request) });
      for (const { reply } of requests) pending.push(reply);
    } catch {
      for (const each of requests) postAlone(each);
    }
  }

  function postAlone({ request, reply }: Waiting): void {
    try {
      post({ kind: "requests", requests: [request] });
      pending.push(reply);
    } catch {
      // Without the cause: its text quotes what could not be copied.
      reply.reject(new StoreError("bug", "the store was given something that it cannot store"));
    }
  }

  function request<K extends RequestKind>(kind: K, body: RequestBody[K]): Promise<Outcome[K]> {
    if (refusal !== undefined) return Promise.reject(new StoreError("unavailable", refusal));
    return new Promise<Outcome[K]>((resolve, reject) => {
      const isFirst = waiting.length === 0;
      waiting.push({
        request: { kind, body } as WriteRequest,
        reply: { resolve: (outcome) => resolve(outcome as Outcome[K]), reject },
      });
      if (pending.length === 0 || waiting.length >= sharedMessage) flush();
      else if (isFirst) setImmediate(flush);
    });
  }

  return {
    request,
    async probe() {
      if (refusal === undefined && performance.now() < trustedUntilMs) return;
      await request("probe", undefined);
      trustedUntilMs = performance.now() + trustedMs;
    },
    beforeReplies(prepare) {
      prepareReplies = prepare;
    },
    close() {
      refusal ??= "the store is closed";
      if (!closing) {
        flush();
        post({ kind: "close" });
      }
      closing = true;
      return exited;
    },
  };
}

function settle(reply: WriteReply | undefined, resolve: Pending["resolve"], reject: Pending["reject"]): void {
  if (reply === undefined) reject(new StoreError("unknown-outcome", "the store did not say whether it has written"));
  else if (reply.stored) resolve(reply.outcome);
  else reject(toStoreError(reply.failure));
}

/** A fault says more than SQLite's text for its result code. */
function toStoreError({ kind, fault, reason }: WriteFailure): StoreError {
  const message = kind === "unknown-outcome" ? "the store may or may not have written" : "the store could not write";
  return new StoreError(kind, fault === undefined ? `${message} (${reason})` : message, { fault });
}
