import { ConfigError } from "../config/config-error.ts";

/** What is used of the packages of OpenTelemetry, which a plain installation does not have. */
export interface OtelPackages {
  readonly api: {
    readonly ROOT_CONTEXT: object;
    readonly trace: { setSpanContext(context: object, parent: SpanContext): object };
  };
  readonly sdk: {
    readonly TracerProvider: new (options: object) => TracerProvider;
    readonly BatchSpanProcessor: new (options: { exporter: SpanExporter; maxQueueSize: number }) => object;
    readonly AlwaysOnSampler: new () => object;
  };
  readonly resources: {
    defaultResource(): Resource;
    resourceFromAttributes(attributes: Attributes): Resource;
    readonly detectResources: (options: { readonly detectors: readonly object[] }) => Resource;
    readonly envDetector: object;
  };
  readonly exporter: { readonly OTLPTraceExporter: new (options: { timeoutMillis?: number }) => SpanExporter };
}

export type Attributes = Readonly<Record<string, string | number>>;

interface Resource {
  merge(other: Resource): Resource;
}

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote: boolean;
}

export interface ExportResult {
  /** 0: all of them were sent. */
  readonly code: number;
}

export interface SpanExporter {
  export(spans: readonly unknown[], done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

interface TracerProvider {
  getTracer(name: string, version: string): Tracer;
  shutdown(): Promise<void>;
}

export interface Tracer {
  startSpan(
    name: string,
    options: { readonly kind: number; readonly startTime: number; readonly attributes: Attributes },
    context: object,
  ): Span;
}

interface Span {
  setStatus(status: { readonly code: number }): void;
  end(timeMs: number): void;
}

const names = {
  api: "@opentelemetry/api",
  sdk: "@opentelemetry/sdk-trace",
  resources: "@opentelemetry/resources",
  exporter: "@opentelemetry/exporter-trace-otlp-proto",
};

/** The versions that the tests use. */
const install = `npm install ${names.api}@1.10 ${names.sdk}@3.1 ${names.resources}@3.1 ${names.exporter}@0.301`;

/** Loads the packages, which takes a quarter of a second. Throws `ConfigError` when one is missing. */
export async function loadOtelPackages(load = (name: string): Promise<unknown> => import(name)): Promise<OtelPackages> {
  try {
    const [api, sdk, resources, exporter] = await Promise.all(Object.values(names).map(load));
    return { api, sdk, resources, exporter } as OtelPackages;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new ConfigError(
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but the packages that send spans are not installed: '${install}' where ` +
        "secret-svc is installed, or remove the setting",
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
