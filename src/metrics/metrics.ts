import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { QuotaUse } from "../rules/quota-use.ts";
import type { SecretState } from "../rules/state.ts";
import type { StoreSpace } from "../store/store-space.ts";

/**
 * What the service measures. Labels have few values, all of them names from the code. A key, slug or tenant in a label
 * would show every reader of metrics who has which secrets, and there would be no limit to the number of series.
 */
export interface Metrics {
  /** A call that was answered or refused: its method, such as `secret.v1.SecretService/ListSecrets`, and its code. */
  observeCall(rpc: string, code: string, ms: number): void;
  /** An operation of the store. */
  observeStore(operation: string, result: "ok" | "failed", ms: number): void;
  /** A request of a browser that is not a call. `kind` is page, asset or redirect: never the name of a file. */
  countPage(kind: string, status: number): void;
  /** All of it in the text format of Prometheus. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** All of it as `mergeMetrics` takes it. */
  readToMerge(): Promise<MeasuredMetrics>;
}

/** The metrics of one process, as plain objects. */
export type MeasuredMetrics = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** Read each time metrics are collected, so each must be fast. */
export interface MetricSources {
  readonly auditPending: () => number;
  readonly auditHealthy: () => boolean;
  readonly ready: () => boolean;
  readonly refusedCredentials: () => number;
  /** The last complete scan of the store. Undefined before the first. */
  readonly scan: () => { readonly timeMs: number; readonly rows: number; readonly uncompared: number } | undefined;
  readonly keyringKeys: () => number;
  /** Until the certificate expires; undefined without TLS. */
  readonly certificateSeconds: (() => number) | undefined;
  readonly memory: () => MemoryUse;
  /** What became of spans since the start. Undefined: there are none. */
  readonly spans: (() => Readonly<Record<"exported" | "failed" | "dropped", number>>) | undefined;
  /** How often stored data was met that is not what the service wrote. */
  readonly integrityFailures: () => Iterable<{ readonly kind: string; readonly cause: string; readonly count: number }>;
  /** Undefined until the first count. */
  readonly secrets: () => Readonly<Record<SecretState, number>> | undefined;
  readonly documents: () => Readonly<Record<"active" | "former", number>> | undefined;
  /** Undefined until the first count. */
  readonly quotaUse: () => QuotaUse | undefined;
  /** Undefined when the store does not say. */
  readonly space: () => Promise<StoreSpace | undefined>;
}

/** What calls hold of the memory that is set aside for them. */
export interface MemoryUse {
  readonly budgets: Readonly<Record<"calls" | "bodies" | "strangers", BudgetUse>>;
  readonly slowReaders: { readonly unread: number; readonly cut: number };
  readonly misconduct: { readonly dropped: number };
}

export interface BudgetUse {
  readonly held: number;
  readonly waiting: number;
  /** Since the start. */
  readonly refused: number;
}

/** Upper bounds in seconds. */
export const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gauges that have the name of a counter. Each is the sum of another gauge, by type. */
const misnamed = ["nodejs_active_resources_total", "nodejs_active_handles_total", "nodejs_active_requests_total"];

/** The metrics of every Node program: memory, CPU, garbage collection, lag of the event loop. */
export function createNodeMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/** Also has the metrics of every Node program. */
export function createMetrics(): Metrics & { watch(sources: MetricSources): void } {
  const registry = createNodeMetrics();
  const calls = createTimer(registry, "secret_svc_call_duration_seconds", "Calls by method and code.", ["rpc", "code"]);
  const store = createTimer(registry, "secret_svc_store_duration_seconds", "Operations of the store.", [
    "operation",
    "result",
  ]);
  const pages = new Counter({
    name: "secret_svc_page_requests_total",
    help: "Requests of browsers for the console and its files.",
    labelNames: ["kind", "status"],
    registers: [registry],
  });
  return {
    countPage: (kind, status) => pages.inc({ kind, status }),
    observeCall: calls,
    observeStore: store,
    async read() {
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
    readToMerge: () => registry.getMetricsAsJSON(),
    watch: (sources) => watchSources(registry, sources),
  };
}

/**
 * Looking up a pair of labels takes time, so each pair is looked up once.
 *
 * 1.2 times as many observations (`npm run bench:parts -- --only metrics`).
 */
function createTimer(registry: Registry, name: string, help: string, labelNames: readonly [string, string]) {
  const histogram = new Histogram({ name, help, labelNames: [...labelNames], buckets, registers: [registry] });
  const known = new Map<string, Map<string, { observe(seconds: number): void }>>();
  return (first: string, second: string, ms: number): void => {
    const ofFirst = known.get(first) ?? new Map<string, { observe(seconds: number): void }>();
    if (ofFirst.size === 0) known.set(first, ofFirst);
    const child = ofFirst.get(second) ?? histogram.labels(first, second);
    child.observe(ms / 1000);
    ofFirst.set(second, child);
  };
}

interface Watchers {
  /** `merged` is what the number of several processes is. Default: their sum. */
  single(name: string, help: string, read: () => number, merged?: Aggregator): void;
  grouped(name: string, help: string, label: string, read: () => Readonly<Record<string, number>> | undefined): void;
  total(name: string, help: string, read: () => number): void;
}

function watchMemory(registry: Registry, read: () => MemoryUse, { single, grouped, total }: Watchers): void {
  const ofEach = (field: keyof BudgetUse) => () =>
    Object.fromEntries(Object.entries(read().budgets).map(([budget, use]) => [budget, use[field]]));
  grouped("secret_svc_memory_held_bytes", "Memory that calls hold of each budget.", "budget", ofEach("held"));
  grouped("secret_svc_calls_waiting", "Calls that wait for memory of a budget.", "budget", ofEach("waiting"));
  single("secret_svc_unread_responses", "Responses that clients have not read yet.", () => read().slowReaders.unread);
  total("secret_svc_slow_readers_total", "Responses and streams that were cut off.", () => read().slowReaders.cut);
  const dropped = "secret_svc_dropped_connections_total";
  total(dropped, "Connections that sent too much that was not a request.", () => read().misconduct.dropped);
  new Counter({
    name: "secret_svc_calls_over_memory_total",
    help: "Calls that were refused because too many waited for memory.",
    labelNames: ["budget"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [budget, count] of Object.entries(ofEach("refused")())) this.inc({ budget }, count);
    },
  });
}

function watchSpans(registry: Registry, read: NonNullable<MetricSources["spans"]>): void {
  new Counter({
    name: "secret_svc_spans_total",
    help: "Spans since the start that were exported, could not be sent, or were dropped because too many waited.",
    labelNames: ["result"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(read())) this.inc({ result }, count);
    },
  });
}

/** Read at each collection: a disk may fill within minutes. Without a value while the store does not answer. */
function watchSpace(registry: Registry, { space }: MetricSources): void {
  const gauge = (name: string, help: string, read: (space: StoreSpace) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      // All processes see the same disk.
      aggregator: "max",
      async collect() {
        const found = await space().catch(() => undefined);
        this.set(found === undefined ? Number.NaN : read(found));
      },
    });
  gauge("secret_svc_disk_size_bytes", "Size of the disk on which the store is.", ({ sizeBytes }) => sizeBytes);
  gauge("secret_svc_disk_free_bytes", "Free space on the disk on which the store is.", ({ freeBytes }) => freeBytes);
}

function watchSources(registry: Registry, sources: MetricSources): void {
  const single: Watchers["single"] = (name, help, read, merged = "sum") =>
    new Gauge({
      name,
      help,
      registers: [registry],
      aggregator: merged,
      collect() {
        this.set(read());
      },
    });
  const grouped = (
    name: string,
    help: string,
    label: string,
    read: () => Readonly<Record<string, number>> | undefined,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        for (const [value, count] of Object.entries(read() ?? {})) this.set({ [label]: value }, count);
      },
    });
  single("secret_svc_ready", "1 while the store and the audit log work.", () => Number(sources.ready()), "min");
  const healthy = "1 while audit records of reads can be stored.";
  single("secret_svc_audit_healthy", healthy, () => Number(sources.auditHealthy()), "min");
  single(
    "secret_svc_audit_pending_records",
    "Audit records of reads that are waiting to be stored.",
    sources.auditPending,
  );
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  total("secret_svc_refused_credentials_total", "Refused credentials since the start.", sources.refusedCredentials);
  watchMemory(registry, sources.memory, { single, grouped, total });
  new Counter({
    name: "secret_svc_integrity_failures_total",
    help: "Stored data that does not verify, is older than its last change, or is missing: how often it was met since the start.",
    labelNames: ["kind", "cause"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { kind, cause, count } of sources.integrityFailures()) this.inc({ kind, cause }, count);
    },
  });
  single(
    "secret_svc_integrity_scan_timestamp_seconds",
    "When the last scan of the store for damaged, old and missing rows ended; 0 before the first.",
    () => (sources.scan()?.timeMs ?? 0) / 1000,
    "max",
  );
  single("secret_svc_integrity_scan_rows", "Rows that the last scan verified.", () => sources.scan()?.rows ?? 0, "max");
  single(
    "secret_svc_integrity_scan_uncompared_rows",
    "Rows that the last scan could not compare with the audit log, which has no record of them.",
    () => sources.scan()?.uncompared ?? 0,
    "max",
  );
  single("secret_svc_keyring_keys", "Encryption keys that this process has.", sources.keyringKeys, "max");
  if (sources.certificateSeconds !== undefined) {
    const help = "Seconds until the first certificate of the TLS chain expires; negative afterwards.";
    single("secret_svc_tls_certificate_remaining_seconds", help, sources.certificateSeconds, "min");
  }
  grouped("secret_svc_secrets", "Secrets of all tenants by state, as last counted.", "state", sources.secrets);
  grouped(
    "secret_svc_documents",
    "Stored documents under the active and under former encryption keys, as last counted.",
    "key",
    sources.documents,
  );
  grouped(
    "secret_svc_users_by_quota",
    "Users by the part of their quotas that they use, as last counted.",
    "used",
    () => sources.quotaUse()?.users,
  );
  grouped(
    "secret_svc_tenants_by_quota",
    "Tenants by the part of their quotas that they use, as last counted.",
    "used",
    () => sources.quotaUse()?.tenants,
  );
  watchSpace(registry, sources);
  if (sources.spans !== undefined) watchSpans(registry, sources.spans);
}
