import { compareBytes } from "../../src/text/byte-order.ts";
import { globMatches } from "../../src/text/glob.ts";

/** An action that a narrowed token may do, with the keys on which. */
export interface GrantDraft {
  readonly action: string;
  /** Separated by spaces or commas, as it is typed. */
  readonly patterns: string;
}

export const grantActions: readonly {
  readonly action: string;
  readonly word: string;
  readonly right: string | undefined;
}[] = [
  { action: "read", word: "read", right: "read" },
  { action: "create", word: "create", right: undefined },
  { action: "save-value", word: "change value and metadata of", right: "write" },
  { action: "save-lists", word: "change the access lists of", right: undefined },
  { action: "remove", word: "remove", right: "delete" },
];

export function patternsOf({ patterns }: GrantDraft): readonly string[] {
  return patterns.split(/[\s,]+/).filter((pattern) => pattern !== "");
}

/** One grant for each action, with all its patterns. Rows without a pattern are not grants. */
export function grantsOf(drafts: readonly GrantDraft[]): { action: string; keyPatterns: string[] }[] {
  const grants = new Map<string, Set<string>>();
  for (const draft of drafts) {
    const patterns = patternsOf(draft);
    if (patterns.length === 0) continue;
    grants.set(draft.action, new Set([...(grants.get(draft.action) ?? []), ...patterns]));
  }
  return [...grants].map(([action, patterns]) => ({ action, keyPatterns: [...patterns].sort(compareBytes) }));
}

/**
 * "It could read 3 of the secrets that you see now": what each grant would mean today. `admin`: its user, if that is
 * one.
 */
export function meaningOf(
  drafts: readonly GrantDraft[],
  secrets: readonly { readonly key: string; readonly rights: readonly string[] }[],
  isOwn: boolean,
  admin?: string,
): readonly string[] {
  const grants = grantsOf(drafts);
  if (grants.length === 0 && admin !== undefined) {
    return [`It acts as an admin: it could do everything that ${admin} may, on every secret of the tenant.`];
  }
  if (grants.length === 0) return ["It could do everything that its user may."];
  return grants.map(({ action, keyPatterns }) => {
    const known = grantActions.find((each) => each.action === action);
    const where = keyPatterns.join(", ");
    const matching = secrets.filter(({ key }) => keyPatterns.some((pattern) => globMatches(pattern, key)));
    if (action === "create") return `It could create keys that match ${where}, where its user may.`;
    const right = known?.right;
    const counted = isOwn && right !== undefined ? matching.filter(({ rights }) => rights.includes(right)) : matching;
    const limit = isOwn && right !== undefined ? "" : ", if its user may";
    const count = counted.length === 1 ? "1 secret" : `${counted.length} secrets`;
    return `It could ${known?.word ?? action} ${count} today, and later ones that match ${where}${limit}.`;
  });
}
