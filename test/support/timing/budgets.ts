/** What was measured, and the most that it may be. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly budget: number;
  /** "" for a count. */
  readonly unit: string;
}

/** A table for the report of a run. */
export function describeBudgets(measured: readonly Measured[]): string {
  const width = Math.max(0, ...measured.map(({ what }) => what.length));
  return measured
    .map(({ what, value, budget, unit }) => {
      const shown = `${Math.round(value)} ${unit}`.trim().padStart(10);
      return `${what.padEnd(width)}  ${shown}  of at most ${budget} ${unit}`.trimEnd();
    })
    .join("\n");
}
