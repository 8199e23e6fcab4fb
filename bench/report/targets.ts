import { milliseconds, sizeOf, times } from "./numbers.ts";
import type { Row, Target } from "./results.ts";

/** A target of a row, in words, and whether the row reaches it. */
export interface Judged {
  readonly target: Target;
  readonly text: string;
  readonly holds: boolean;
  /** What was measured, in words. */
  readonly measured: string;
}

export function judge(row: Row): readonly Judged[] {
  return row.targets.map((target) => ({ target, ...judgeOne(row, target) }));
}

/** Throws when the row has no such number. */
function judgeOne(row: Row, target: Target): Omit<Judged, "target"> {
  if (target.of === "ratio" || target.of === "mongodbRatio") {
    const ratio = row[target.of];
    if (ratio === undefined) throw new Error("a target has no ratio to be compared with");
    const text = `${target.of === "ratio" ? "" : "MongoDB "}≥ ${target.atLeast} ×`;
    return { text, holds: ratio >= target.atLeast, measured: times(ratio) };
  }
  if (target.of === "p99" && row.kind === "load") {
    const [ours, other] = [row.sqlite.p99Ms, row.other.p99Ms];
    const measured = `${milliseconds(ours)} ms, ${row.otherName} ${milliseconds(other)} ms`;
    return { text: "p99 lower", holds: ours < other, measured };
  }
  if (target.of === "size" && row.kind === "size") {
    const below = target.below ?? row.other;
    const text = target.below === undefined ? "less" : `< ${sizeOf(below, row.unit)}`;
    const measured = `${sizeOf(row.sqlite, row.unit)}, ${row.otherName} ${sizeOf(row.other, row.unit)}`;
    return { text, holds: row.sqlite < below, measured };
  }
  throw new Error(`a row of ${row.kind} has no ${target.of}`);
}
