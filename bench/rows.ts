import { mediansOf, ratioOf, type Samples } from "./alternation.ts";
import type { Measured } from "./measured.ts";
import type { Row, Target } from "./table.ts";

/** What was measured under one load. */
export interface Compared {
  readonly what: string;
  readonly callers: number;
  readonly sqlite: Samples;
  readonly mongodb?: Samples | undefined;
  readonly other: Samples;
  /** Least ratio of the throughput on SQLite, and on MongoDB. */
  readonly atLeast?: number | undefined;
  readonly mongodbAtLeast?: number | undefined;
  /** Whether the slowest hundredth must take less time than the other's. */
  readonly p99Lower: boolean;
}

/** Throughput, median and 99th percentile of each, the ratios, and which targets hold. */
export function rowOf(compared: Compared): Row {
  const { what, callers, sqlite, mongodb, other, atLeast, mongodbAtLeast, p99Lower } = compared;
  const ratio = ratioOf(sqlite, other);
  const mongodbRatio = mongodb === undefined ? undefined : ratioOf(mongodb, other);
  const targets: Target[] = [];
  if (atLeast !== undefined) targets.push({ text: `≥ ${atLeast} ×`, holds: ratio >= atLeast });
  if (mongodbRatio !== undefined && mongodbAtLeast !== undefined) {
    targets.push({ text: `MongoDB ≥ ${mongodbAtLeast} ×`, holds: mongodbRatio >= mongodbAtLeast });
  }
  if (p99Lower) {
    targets.push({ text: "p99 lower", holds: mediansOf(sqlite).p99Ms < mediansOf(other).p99Ms });
  }
  return {
    what,
    callers: String(callers),
    sqlite: describe(mediansOf(sqlite)),
    mongodb: mongodb === undefined ? "" : describe(mediansOf(mongodb)),
    other: `${other.name} ${describe(mediansOf(other))}`,
    ratio: times(ratio),
    mongodbRatio: mongodbRatio === undefined ? "" : times(mongodbRatio),
    targets,
  };
}

/** One number of each that should be small, such as memory. `below`: SQLite's must be less than this, or than the other's. */
export function rowOfSizes(sizes: {
  readonly what: string;
  readonly unit: string;
  readonly sqlite: number;
  readonly mongodb?: number | undefined;
  readonly other?: number | undefined;
  readonly below?: number | undefined;
}): Row {
  const { what, unit, sqlite, mongodb, other, below } = sizes;
  const show = (size: number | undefined) => (size === undefined ? "" : `${size.toFixed(0)} ${unit}`);
  const targets: Target[] = [];
  if (below !== undefined) targets.push({ text: `< ${show(below)}`, holds: sqlite < below });
  else if (other !== undefined) targets.push({ text: "less", holds: sqlite < other });
  return {
    what,
    callers: "",
    sqlite: show(sqlite),
    mongodb: show(mongodb),
    other: other === undefined ? "" : `OpenBao ${show(other)}`,
    ratio: other === undefined ? "" : times(sqlite / other),
    mongodbRatio: other === undefined || mongodb === undefined ? "" : times(mongodb / other),
    targets,
  };
}

function describe({ perSecond, p50Ms, p99Ms }: Measured): string {
  return `${Math.round(perSecond).toLocaleString("en")} · ${milliseconds(p50Ms)} · ${milliseconds(p99Ms)}`;
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
