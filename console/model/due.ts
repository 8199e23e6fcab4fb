/** What can be due for a secret: the worst first, in the words of the filters. */
const kinds = [
  ["expired", "expired", "bad"],
  ["expiring", "expiring", "warn"],
  ["rotationDue", "rotation due", "info"],
] as const;

export type DueKind = (typeof kinds)[number][0];

/** How many secrets of a folder are due, and for what. */
export type Due = Readonly<Record<DueKind, number>>;

export const nothingDue: Due = { expired: 0, expiring: 0, rotationDue: 0 };

/** "1 expired", "2 expiring", each with how serious it is. Empty: nothing is due. */
export function dueInWords(due: Due): readonly (readonly [words: string, kind: "bad" | "warn" | "info"])[] {
  return kinds.filter(([name]) => due[name] > 0).map(([name, word, kind]) => [`${due[name]} ${word}`, kind]);
}
