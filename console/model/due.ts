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

/** "1 expired · 2 expiring", and how serious the worst of it is. Undefined: nothing is due. */
export function dueInWords(due: Due): { readonly words: string; readonly kind: "bad" | "warn" | "info" } | undefined {
  const found = kinds.filter(([name]) => due[name] > 0);
  const [worst] = found;
  if (worst === undefined) return undefined;
  return { words: found.map(([name, word]) => `${due[name]} ${word}`).join(" · "), kind: worst[2] };
}
