import type { Config } from "../config/config.ts";
import type { ObservedCall, ObservedMethod } from "../http/call/call-observer.ts";
import type { Trace } from "../http/call/trace.ts";
import { log } from "../log/log.ts";
import { type ExportResult, loadOtelPackages, type OtelPackages, type SpanExporter } from "./otel-packages.ts";
import { programVersion } from "./program-version.ts";

/** Sends a span for each call that belongs to a trace which its caller records. */
export interface Spans {
  /** Spans since the start. Dropped are those that came while too many waited to be sent. */
  readonly counts: Readonly<Record<"exported" | "failed" | "dropped", number>>;
  record(method: ObservedMethod, call: Pick<ObservedCall, "code" | "ms"> & { readonly trace: Trace }): void;
  /** Sends those that wait, for a few seconds at most. Never throws. */
  close(): Promise<void>;
}

/** Spans that wait to be sent: about 1 MiB. */
const maxWaiting = 2048;

/** Longer than an attempt to send spans takes. */
const closeMs = 4000;

const quietMs = 10 * 60_000;

/** `SpanKind.SERVER` and `SpanStatusCode.ERROR` of the API. */
const serverKind = 1;
const errorStatus = 2;

/** Codes that are failures of the service, not mistakes of the caller. */
const failures = new Set(["unknown", "deadline_exceeded", "unimplemented", "internal", "unavailable", "data_loss"]);

/** Undefined if no endpoint is set; then nothing is loaded. Throws `ConfigError` if the packages are missing. */
export async function createSpans({ tracing }: Pick<Config, "tracing">): Promise<Spans | undefined> {
  if (tracing === undefined) return undefined;
  const packages = await loadOtelPackages();
  const { api, sdk, exporter } = packages;
  const counts = { exported: 0, failed: 0, dropped: 0 };
  let waiting = 0;
  let spanId = "";
  const { timeoutMs } = tracing;
  const counted = countResults(
    new exporter.OTLPTraceExporter(timeoutMs === undefined ? {} : { timeoutMillis: timeoutMs }),
    (result, count) => {
      waiting -= count;
      counts[result] += count;
    },
  );
  const provider = new sdk.TracerProvider({
    resource: resourceOf(packages, tracing.serviceName),
    // Whether a call is recorded is its caller's decision, and is made below.
    sampler: new sdk.AlwaysOnSampler(),
    // The span has the id that is in the request id.
    idGenerator: { generateSpanId: () => spanId, generateTraceId: () => "" },
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: counted, maxQueueSize: maxWaiting })],
  });
  const tracer = provider.getTracer("secret-svc", programVersion());
  return {
    counts,
    record({ name, parent: { typeName } }, { code, ms, trace }) {
      const { parent, protocol } = trace;
      if (!parent.isSampled) return;
      if (waiting >= maxWaiting) {
        counts.dropped += 1;
        return;
      }
      waiting += 1;
      spanId = trace.spanId;
      const { traceId } = parent;
      const remote = { traceId, spanId: parent.spanId, traceFlags: 1, isRemote: true };
      const endTime = Date.now();
      // Names from the contract, codes and protocols: a key, a slug, an id or an address must never get into a span.
      const attributes = { "rpc.system": protocol, "rpc.service": typeName, "rpc.method": name, "rpc.code": code };
      const options = { kind: serverKind, startTime: endTime - ms, attributes };
      const span = tracer.startSpan(`${typeName}/${name}`, options, api.trace.setSpanContext(api.ROOT_CONTEXT, remote));
      if (failures.has(code)) span.setStatus({ code: errorStatus });
      span.end(endTime);
    },
    close: () => withinMs(closeMs, provider.shutdown()),
  };
}

/** What the setting `OTEL_RESOURCE_ATTRIBUTES` says is for operators to choose. */
function resourceOf({ resources }: OtelPackages, serviceName: string) {
  return resources
    .defaultResource()
    .merge(resources.detectResources({ detectors: [resources.envDetector] }))
    .merge(resources.resourceFromAttributes({ "service.name": serviceName, "service.version": programVersion() }));
}

/**
 * Failures are logged once and then at most every ten minutes, without their messages: a receiver may send anything.
 */
function countResults(
  exporter: SpanExporter,
  done: (result: "exported" | "failed", count: number) => void,
): SpanExporter {
  let isFailing = false;
  let loggedAtMs = Number.NEGATIVE_INFINITY;
  const note = (result: ExportResult, count: number) => {
    const isSent = result.code === 0;
    done(isSent ? "exported" : "failed", count);
    if (isSent && isFailing) log("info", "spans are sent again");
    else if (!isSent && performance.now() - loggedAtMs > quietMs) {
      loggedAtMs = performance.now();
      log("error", "spans could not be sent to the endpoint in OTEL_EXPORTER_OTLP_ENDPOINT; they are lost");
    }
    isFailing = !isSent;
  };
  return {
    export: (spans, callback) =>
      exporter.export(spans, (result) => {
        note(result, spans.length);
        callback(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

async function withinMs(ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work.catch(() => {}), promise]);
  clearTimeout(timer);
}
