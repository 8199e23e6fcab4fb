import { AggregatorRegistry, Counter, Gauge } from "prom-client";
import { createNodeMetrics, type MeasuredMetrics } from "./metrics.ts";

/** The metrics of several processes as those of one, and what their parent has to say of them. */
export interface MergedMetrics {
  /** Takes what `member` has counted in place of what it had counted before. */
  note(member: object, metrics: MeasuredMetrics): void;
  /** It has ended: what it has counted stays counted. */
  retire(member: object): void;
  /** All of it in the text format of Prometheus. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface TeamCounts {
  /** Processes that serve calls now. */
  readonly running: () => number;
  /** Processes that ended by themselves or were killed, since the start. */
  readonly ended: () => number;
}

/** Of the parent, which serves no calls: its own event loop would make those of the others look better. */
const ofWorkersOnly = /^nodejs_/;

const startTime = "process_start_time_seconds";

/**
 * Adds up counters and histograms. Without those of processes that have ended they would fall when a process is
 * replaced, and a fall looks like a new start of the service.
 */
export function createMergedMetrics(team: TeamCounts): MergedMetrics {
  const own = createNodeMetrics();
  for (const { name } of own.getMetricsAsArray()) if (ofWorkersOnly.test(name)) own.removeSingleMetric(name);
  const measured = new Map<object, MeasuredMetrics>();
  let retired: MeasuredMetrics[] = [];
  new Gauge({
    name: "secret_svc_workers",
    help: "Workers that serve calls.",
    registers: [own],
    collect() {
      this.set(team.running());
    },
  });
  new Counter({
    name: "secret_svc_workers_ended_total",
    help: "Workers that ended by themselves or were killed, since the start.",
    registers: [own],
    collect() {
      this.reset();
      this.inc(team.ended());
    },
  });
  return {
    note: (member, metrics) => void measured.set(member, metrics),
    retire(member) {
      const counted = measured.get(member)?.filter(({ type }) => /^(?:counter|histogram)$/.test(String(type)));
      if (counted !== undefined) retired.push(counted);
      measured.delete(member);
    },
    async read() {
      if (retired.length > 1) retired = [await AggregatorRegistry.aggregate(retired).getMetricsAsJSON()];
      const all = AggregatorRegistry.aggregate([await own.getMetricsAsJSON(), ...measured.values(), ...retired]);
      const started = own.getSingleMetric(startTime);
      if (started !== undefined) all.registerMetric(started);
      return { text: await all.metrics(), contentType: all.contentType };
    },
  };
}
