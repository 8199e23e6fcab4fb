import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { type Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";

/** Watching needs no token, and each watcher occupies a stream. For one more, the one that has watched longest ends. */
const watchersMax = 1000;

interface Watcher {
  resume(): void;
  isReplaced: boolean;
}

export interface HealthControl {
  readonly implementation: ServiceImpl<typeof Health>;
  /** Sends the status to every watcher at once. */
  setServing(serving: boolean): void;
  /** Ends all watches, so that they do not hold up a shutdown. */
  close(): void;
}

/**
 * The standard gRPC health service, for the whole server (the empty name) and each of its services. All have the same
 * status, because they share one store. The initial status is NOT_SERVING.
 */
export function createHealth(serviceNames: readonly string[]): HealthControl {
  const names = new Set(["", ...serviceNames]);
  const watchers = new Set<Watcher>();
  let serving = false;
  let closed = false;
  const status = () => (serving ? Status.SERVING : Status.NOT_SERVING);
  const wakeAll = () => {
    for (const watcher of watchers) watcher.resume();
  };

  /** Otherwise strangers could keep everyone else from watching. */
  const replaceLongest = () => {
    const [longest] = watchers;
    if (longest === undefined) return;
    watchers.delete(longest);
    longest.isReplaced = true;
    longest.resume();
  };

  async function* watch(service: string, signal: AbortSignal) {
    let changed = Promise.withResolvers<void>();
    const watcher = { resume: () => changed.resolve(), isReplaced: false };
    if (watchers.size >= watchersMax) replaceLongest();
    watchers.add(watcher);
    signal.addEventListener("abort", watcher.resume);
    try {
      let sent: Status | undefined;
      for (;;) {
        const now = names.has(service) ? status() : Status.SERVICE_UNKNOWN;
        if (now !== sent) yield { status: now };
        sent = now;
        if (closed || signal.aborted) return;
        await changed.promise;
        if (watcher.isReplaced) throw new ConnectError("there are too many watchers", Code.ResourceExhausted);
        changed = Promise.withResolvers<void>();
      }
    } finally {
      watchers.delete(watcher);
      signal.removeEventListener("abort", watcher.resume);
    }
  }

  return {
    implementation: {
      check({ service }) {
        if (!names.has(service)) throw new ConnectError("there is no such service", Code.NotFound);
        return { status: status() };
      },
      list: () => ({ statuses: Object.fromEntries([...names].map((name) => [name, { status: status() }])) }),
      watch: ({ service }, context: HandlerContext) => watch(service, context.signal),
    },
    setServing(value) {
      serving = value;
      wakeAll();
    },
    close() {
      closed = true;
      wakeAll();
    },
  };
}
