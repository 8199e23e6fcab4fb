import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { type Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/health_pb.ts";

/** Watching needs no token, and each watcher occupies a stream. */
const watchersMax = 1000;

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
  const wake = new Set<() => void>();
  let serving = false;
  let closed = false;
  const status = () => (serving ? Status.SERVING : Status.NOT_SERVING);
  const wakeAll = () => {
    for (const resume of wake) resume();
  };

  async function* watch(service: string, signal: AbortSignal) {
    if (wake.size >= watchersMax) throw new ConnectError("there are too many watchers", Code.ResourceExhausted);
    let changed = Promise.withResolvers<void>();
    const resume = () => changed.resolve();
    wake.add(resume);
    signal.addEventListener("abort", resume);
    try {
      let sent: Status | undefined;
      for (;;) {
        const now = names.has(service) ? status() : Status.SERVICE_UNKNOWN;
        if (now !== sent) yield { status: now };
        sent = now;
        if (closed || signal.aborted) return;
        await changed.promise;
        changed = Promise.withResolvers<void>();
      }
    } finally {
      wake.delete(resume);
      signal.removeEventListener("abort", resume);
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
