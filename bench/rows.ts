import { mediansOf, ratioOf, type Samples } from "./alternation.ts";
import type { LoadRow, SizeRow, Target } from "./report/results.ts";

/** What was measured under one load, and what it should show. */
export interface Compared extends Pick<LoadRow, "operation" | "protocol" | "callers"> {
  readonly sqlite: Samples;
  readonly mongodb?: Samples | undefined;
  readonly other: Samples;
  /** The least ratio of throughput: on SQLite, and below on MongoDB. */
  readonly atLeast?: number | undefined;
  readonly mongodbAtLeast?: number | undefined;
  /** Whether the slowest hundredth must take less time than the other's. */
  readonly p99Lower: boolean;
}

/** Throughput, median and 99th percentile of each, the ratios, and the targets. */
export function rowOf(compared: Compared): LoadRow {
  const { operation, protocol, callers, sqlite, mongodb, other, atLeast, mongodbAtLeast, p99Lower } = compared;
  const targets: Target[] = [];
  if (atLeast !== undefined) targets.push({ of: "ratio", atLeast });
  if (mongodb !== undefined && mongodbAtLeast !== undefined) {
    targets.push({ of: "mongodbRatio", atLeast: mongodbAtLeast });
  }
  if (p99Lower) targets.push({ of: "p99" });
  return {
    kind: "load",
    operation,
    protocol,
    callers,
    otherName: other.name,
    sqlite: mediansOf(sqlite),
    ...(mongodb === undefined ? {} : { mongodb: mediansOf(mongodb) }),
    other: mediansOf(other),
    ratio: ratioOf(sqlite, other),
    ...(mongodb === undefined ? {} : { mongodbRatio: ratioOf(mongodb, other) }),
    targets,
  };
}

/**
 * One size of each program, such as memory; less is better. `below`: the limit for SQLite; without it, OpenBao's size.
 */
export function rowOfSizes(sizes: {
  readonly size: SizeRow["size"];
  readonly unit: SizeRow["unit"];
  readonly sqlite: number;
  readonly mongodb: number | undefined;
  readonly openBao: number;
  readonly below?: number;
}): SizeRow {
  const { size, unit, sqlite, mongodb, openBao, below } = sizes;
  return {
    kind: "size",
    size,
    unit,
    otherName: "OpenBao",
    sqlite,
    ...(mongodb === undefined ? {} : { mongodb }),
    other: openBao,
    ratio: sqlite / openBao,
    ...(mongodb === undefined ? {} : { mongodbRatio: mongodb / openBao }),
    targets: [{ of: "size", ...(below === undefined ? {} : { below }) }],
  };
}
