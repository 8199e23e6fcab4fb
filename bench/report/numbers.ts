/** A whole number with a comma between thousands. */
export function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** Without the unit, which the table names once. */
export function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

export function sizeOf(size: number, unit: string): string {
  return `${whole(size)} ${unit}`;
}

/** `1 caller`, `16 callers`. */
export function callersOf(count: number): string {
  return `${count} ${count === 1 ? "caller" : "callers"}`;
}
