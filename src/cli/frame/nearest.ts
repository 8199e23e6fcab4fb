/** Names of this length or longer may have two mistakes. */
const longName = 5;

/**
 * The name that a mistyped word most likely means; undefined when none is near. One letter may be missing, too many,
 * wrong, or in the place of its neighbour; two in long names that begin with the same letter. A guess that is wrong is
 * worse than none.
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > 2) continue;
    const mayHaveTwo = Math.min(name.length, word.length) >= longName && name[0] === word[0];
    const distance = distanceOf(word, name);
    if (distance > (mayHaveTwo ? 2 : 1) || distance >= bestDistance) continue;
    if (distance === 1 && Math.max(name.length, word.length) < 3) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** How many letters differ, where an exchange of neighbours counts as one (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Infinity;
      const replaced = (previous[j - 1] ?? 0) + (isSame ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
