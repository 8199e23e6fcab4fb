import { Health } from "../../gen/health_pb.ts";
import type { Config } from "../config/config.ts";
import type { TlsPair } from "../config/tls-pair.ts";
import { SecretError } from "../error.ts";
import type { CallObserver } from "../http/call/call-observer.ts";
import { serveService } from "../http/call/service.ts";
import { createHttpServer } from "../http/connection/server.ts";
import { isLogged, log } from "../log/log.ts";
import type { MemoryUse, MetricSources, Metrics } from "../metrics/metrics.ts";
import type { HealthControl } from "../rpc/health.ts";
import type { Context } from "../rules/context.ts";
import { logOfHttp, probesOf } from "./probes.ts";
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

/** More connections for reading metrics and health are a mistake. */
const metricsConnections = 50;

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

/**
 * Serves metrics and health, also that of gRPC, on a port of their own, without TLS or a token: anyone who can reach
 * the port may read them. Connections to the other port cannot keep a probe out here.
 */
async function serveMetrics(options: OperationsOptions, readiness: Readiness) {
  const { config, context, meters, health, refusedCredentials, tls, memory, spans } = options;
  if (config.metricsListen === undefined || meters === undefined) return undefined;
  const { startCensus } = await import("../metrics/census.ts");
  const server = createHttpServer({
    services: [serveService(Health, health.implementation, { isPublic: true })],
    probes: {
      ...probesOf(() => readiness.ready),
      "/metrics": async () => {
        const { text, contentType } = await meters.read();
        return { status: 200, text, contentType };
      },
    },
    authenticate: () => {
      throw new SecretError({ reason: "UNAUTHENTICATED", message: "nothing here needs a token" });
    },
    connections: metricsConnections,
    log: logOfHttp,
  });
  const address = await server.listen(config.metricsListen.host, config.metricsListen.port);
  const census = startCensus({ ...context, onFailure: (error) => log("error", "secrets could not be counted", error) });
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
    secrets: () => census.secrets,
    documents: () => census.documents,
    quotaUse: () => census.quotaUse,
    space: () => context.store.describeSpace(),
  });
  return {
    url: `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`,
    async close() {
      await server.close();
      await census.close();
    },
  };
}
