import type { Config } from "../config/config.ts";
import type { CallObserver } from "../http/call/call-observer.ts";
import { isLogged, log } from "../log/log.ts";
import type { MetricSources, Metrics } from "../metrics/metrics.ts";
import type { HealthControl } from "../rpc/health.ts";
import type { Context } from "../rules/context.ts";
import { type Readiness, watchReadiness } from "./readiness.ts";

/** The metrics, before their sources exist. */
export type Meters = Metrics & { watch(sources: MetricSources): void };

/** Undefined if metrics are not configured: then nothing is measured. */
export async function createMeters({ metricsListen }: Config): Promise<Meters | undefined> {
  if (metricsListen === undefined) return undefined;
  // Loaded only when used, so that a service without metrics starts faster.
  return (await import("../metrics/metrics.ts")).createMetrics();
}

/** Undefined if neither metrics nor the log need each call. */
export function observerOf(meters: Meters | undefined): CallObserver | undefined {
  const isCallLogged = isLogged("debug");
  if (meters === undefined && !isCallLogged) return undefined;
  return ({ method, code, ms, requestId }) => {
    const rpc = `${method.parent.typeName}/${method.name}`;
    meters?.observeCall(rpc, code, ms);
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
  readonly context: Context;
  readonly meters: Meters | undefined;
  readonly health: Pick<HealthControl, "setServing">;
  readonly refusedCredentials: () => number;
}

/** Starts the checks of readiness and, if configured, the metrics. */
export async function startOperations(options: OperationsOptions): Promise<Operations> {
  const { context, health } = options;
  const readiness = watchReadiness({
    context,
    onChange: (failing, cause) => {
      health.setServing(failing === undefined);
      if (failing === undefined) log("info", "ready again");
      else log("error", `not ready: the ${failing} does not work`, cause);
    },
  });
  health.setServing(true);
  try {
    const served = await serveMetrics(options, readiness);
    return {
      readiness,
      metricsUrl: served?.url,
      async close() {
        health.setServing(false);
        readiness.close();
        await served?.close();
      },
    };
  } catch (error) {
    readiness.close();
    throw error;
  }
}

async function serveMetrics(options: OperationsOptions, readiness: Readiness) {
  const { config, context, meters, refusedCredentials } = options;
  if (config.metricsListen === undefined || meters === undefined) return undefined;
  const { startCensus } = await import("../metrics/census.ts");
  const { listenForMetrics } = await import("../metrics/listen.ts");
  const { host, port } = config.metricsListen;
  const server = await listenForMetrics({ host, port, metrics: meters, isReady: () => readiness.ready });
  const census = startCensus({ ...context, onFailure: (error) => log("error", "secrets could not be counted", error) });
  meters.watch({
    auditPending: () => context.accessLog.pending,
    auditHealthy: () => context.accessLog.healthy,
    ready: () => readiness.ready,
    refusedCredentials,
    keyringKeys: () => context.keyring.keys.length,
    scan: () => context.integrity.lastScan,
    integrityFailures: () => context.integrity.totals,
    secrets: () => census.secrets,
    documents: () => census.documents,
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await census.close();
    },
  };
}
