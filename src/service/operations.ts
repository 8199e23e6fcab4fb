import type { Config } from "../config/config.ts";
import type { TlsPair } from "../config/tls-pair.ts";
import type { CallObserver } from "../http/call/call-observer.ts";
import { isLogged, log } from "../log/log.ts";
import type { MemoryUse, MetricSources, Metrics } from "../metrics/metrics.ts";
import type { HealthControl } from "../rpc/health.ts";
import type { Context } from "../rules/context.ts";
import type { Siblings } from "../workers/siblings.ts";
import { serveMetrics } from "./metrics-server.ts";
import { type Readiness, watchReadiness } from "./readiness.ts";
import type { Spans } from "./spans.ts";

/** The metrics, before their sources exist. */
export type Meters = Metrics & { watch(sources: MetricSources): void };

/** Undefined if metrics are not configured: then nothing is measured. */
export async function createMeters({ metricsListen }: Config): Promise<Meters | undefined> {
  if (metricsListen === undefined) return undefined;
  // Loaded only when used, so that a service without metrics starts faster.
  return (await import("../metrics/metrics.ts")).createMetrics();
}

/** Undefined if neither metrics nor spans nor the log need each call. */
export function observerOf(meters: Meters | undefined, spans: Spans | undefined): CallObserver | undefined {
  const isCallLogged = isLogged("debug");
  if (meters === undefined && spans === undefined && !isCallLogged) return undefined;
  return ({ method, code, ms, requestId, trace }) => {
    const rpc = `${method.parent.typeName}/${method.name}`;
    meters?.observeCall(rpc, code, ms);
    if (trace !== undefined) spans?.record(method, { code, ms, trace });
    if (isCallLogged) log("debug", "call", undefined, { rpc, code, ms, requestId });
  };
}

export interface Operations {
  readonly readiness: Readiness;
  /** Where metrics are served. Undefined: no metrics. */
  readonly metricsUrl: string | undefined;
  close(): Promise<void>;
}

export interface OperationsOptions {
  readonly config: Pick<Config, "metricsListen">;
  /** The other workers: their parent serves the metrics of all. */
  readonly siblings: Siblings | undefined;
  readonly context: Context;
  readonly meters: Meters | undefined;
  readonly health: Pick<HealthControl, "setServing" | "implementation">;
  readonly refusedCredentials: () => number;
  /** The certificate in use. Undefined without TLS. */
  readonly tls: () => Pick<TlsPair, "expireAtMs"> | undefined;
  readonly memory: MemoryUse;
  readonly spans: Spans | undefined;
}

/** Starts the checks of readiness and, if configured, the metrics. */
export async function startOperations(options: OperationsOptions): Promise<Operations> {
  const { context, health, siblings } = options;
  const readiness = watchReadiness({
    context,
    onChange: (failing, cause) => {
      health.setServing(failing === undefined);
      siblings?.setReady(failing === undefined);
      if (failing === undefined) log("info", "ready again");
      else log("error", `not ready: the ${failing} does not work`, cause);
    },
  });
  health.setServing(true);
  try {
    const served = await serveOwnMetrics(options, readiness);
    const census = await measure(options, readiness);
    return {
      readiness,
      metricsUrl: served?.url,
      async close() {
        health.setServing(false);
        readiness.close();
        await served?.close();
        await census?.close();
      },
    };
  } catch (error) {
    readiness.close();
    throw error;
  }
}

async function serveOwnMetrics({ config, meters, health, siblings }: OperationsOptions, readiness: Readiness) {
  if (config.metricsListen === undefined || meters === undefined || siblings !== undefined) return undefined;
  return serveMetrics({ at: config.metricsListen, health, isReady: () => readiness.ready, read: () => meters.read() });
}

/** Gives the metrics their sources. The first worker alone counts what is in the store that all share. */
async function measure(options: OperationsOptions, readiness: Readiness) {
  const { context, meters, refusedCredentials, tls, memory, spans, siblings } = options;
  if (meters === undefined) return undefined;
  const isCounting = siblings === undefined || siblings.start.slot === 1;
  const onFailure = (error: unknown) => log("error", "secrets could not be counted", error);
  const census = isCounting ? (await import("../metrics/census.ts")).startCensus({ ...context, onFailure }) : undefined;
  meters.watch({
    auditPending: () => context.accessLog.pending,
    auditHealthy: () => context.accessLog.healthy,
    ready: () => readiness.ready,
    refusedCredentials,
    certificateSeconds:
      tls() === undefined ? undefined : () => ((tls()?.expireAtMs ?? Number.NaN) - context.now()) / 1000,
    memory: () => memory,
    spans: spans === undefined ? undefined : () => spans.counts,
    keyringKeys: () => context.keyring.keys.length,
    scan: () => context.integrity.lastScan,
    integrityFailures: () => context.integrity.totals,
    secrets: () => census?.secrets,
    documents: () => census?.documents,
    quotaUse: () => census?.quotaUse,
    space: () => context.store.describeSpace(),
  });
  return census;
}
