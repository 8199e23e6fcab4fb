import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Measured } from "../measured.ts";
import type { Operation } from "../operations.ts";

/** One run of the benchmark: all that its page and charts are drawn from. */
export interface Results {
  /** The day of the run, `2026-01-31`. */
  readonly date?: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly rounds: number;
  /** `SECRET_SVC_AUDIT_SYNC` of secret-svc. Absent: a run of before it was noted, with `full` on MongoDB. */
  readonly auditSync?: string;
  /** Seconds of load for each server in each round. */
  readonly seconds?: number;
  readonly rows: readonly Row[];
}

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGib: number;
  /** Name and release of the operating system. */
  readonly system?: string;
  readonly isVirtual?: boolean;
}

export interface Versions {
  readonly node: string;
  readonly openBao?: string;
  readonly mongodb?: string;
}

/** A row with a ratio compares `sqlite` with `other`; `mongodbRatio` compares `mongodb` with `other`. */
export type Row = LoadRow | SizeRow;

interface AnyRow<Value> {
  readonly sqlite: Value;
  readonly mongodb?: Value;
  readonly other: Value;
  /** The program that secret-svc is compared with. */
  readonly otherName: string;
  readonly ratio: number;
  readonly mongodbRatio?: number;
  readonly targets: readonly Target[];
}

/** Throughput and latency of one operation. The ratios are those of the throughput: more is better. */
export interface LoadRow extends AnyRow<Measured> {
  readonly kind: "load";
  readonly operation: Operation;
  /** `vault` is HTTP as well, with the requests of Vault's clients. */
  readonly protocol: "http" | "grpc" | "vault";
  readonly callers: number;
}

/** One number for each program. Less is better. */
export interface SizeRow extends AnyRow<number> {
  readonly kind: "size";
  readonly size: "memory after the load" | "memory after the start" | "start to first read";
  readonly unit: "MiB" | "ms";
}

/**
 * What a row should show. `ratio` and `mongodbRatio`: at least so many times the throughput. `p99`: a lower 99th
 * percentile than the other program. `size`: less than `below`, or than the other program.
 */
export type Target =
  | { readonly of: "ratio" | "mongodbRatio"; readonly atLeast: number }
  | { readonly of: "p99" }
  | { readonly of: "size"; readonly below?: number };

const fileName = "benchmarks.json";

/** Reads the results that an earlier run left in `folder`. Throws when there are none. */
export function readResults(folder: string): Results {
  return JSON.parse(readFileSync(join(folder, fileName), "utf8")) as Results;
}

/** The file of the results: its name and content. Numbers have five digits, far more than they vary by. */
export function resultsFile(results: Results): readonly [name: string, content: string] {
  const short = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
  return [fileName, `${JSON.stringify(results, short, 2)}\n`];
}
