/** What V8 counts of a function: its whole range first, then the blocks in it that ran more or less often. */
export interface CountedFunction {
  readonly functionName: string;
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/**
 * The parts of a file that ran, as starts and ends in turn. A part belongs to the smallest range around it. What is
 * outside all functions does not count: it runs once in a process, whichever test imports the file first.
 */
export function coveredRanges(functions: readonly CountedFunction[]): number[] {
  const [whole, ...inner] = functions.flatMap(({ ranges }) => ranges).toSorted(bySize);
  if (whole === undefined) return [];
  const edges = [...new Set(inner.flatMap(({ startOffset, endOffset }) => [startOffset, endOffset]))].sort(
    (a, b) => a - b,
  );
  const covered: number[] = [];
  // Larger ones first, so the last one that is around a part is the smallest.
  const smallestFirst = inner.toReversed();
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1] ?? start;
    const around = smallestFirst.find((range) => range.startOffset <= start && end <= range.endOffset);
    if (around === undefined || around.count === 0 || start === end) continue;
    if (covered.at(-1) === start) covered[covered.length - 1] = end;
    else covered.push(start, end);
  }
  return covered;
}

type Range = CountedFunction["ranges"][number];

function bySize(a: Range, b: Range): number {
  return b.endOffset - b.startOffset - (a.endOffset - a.startOffset);
}

/** Whether a position is in one of the parts. */
export function isCovered(covered: readonly number[], at: number): boolean {
  // An odd number of edges before it: a part has begun, and has not ended.
  return covered.filter((edge) => edge <= at).length % 2 === 1;
}
