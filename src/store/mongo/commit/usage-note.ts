import type { Document } from "mongodb";
import type { SecretCommit } from "../../secret-store.ts";
import type { Usage, UsageTally } from "../../usage.ts";

/** A commit, and what it changes. */
export interface CountedCommit {
  readonly commit: SecretCommit;
  readonly tally: UsageTally;
}

/** What a user, or with `wholeTenant` the tenant, gains or loses. */
export interface UsageChange extends Usage {
  readonly tenant: string;
  readonly slug: string;
}

/** What several commits change together, by user. */
export function sumOfCommits(counted: readonly CountedCommit[]): readonly UsageChange[] {
  return sumOf(
    counted.flatMap(({ commit: { tenant }, tally }) => tally.changes().map((change) => ({ tenant, ...change }))),
  );
}

export function sumOf(changes: readonly UsageChange[]): readonly UsageChange[] {
  const sums = new Map<string, UsageChange>();
  for (const change of changes) {
    const name = userName(change.tenant, change.slug);
    const { secrets = 0, bytes = 0 } = sums.get(name) ?? {};
    sums.set(name, { ...change, secrets: secrets + change.secrets, bytes: bytes + change.bytes });
  }
  return [...sums.values()];
}

export function userName(tenant: string, slug: string): string {
  return JSON.stringify([tenant, slug]);
}

/** The field in which the last audit record of a transaction notes what the transaction changes. */
export const noteField = "usage";

export function toNote(changes: readonly UsageChange[]): Document {
  return { [noteField]: changes.map(({ tenant, slug, secrets, bytes }) => [tenant, slug, secrets, bytes]) };
}

/** Reads what `toNote` wrote. What was edited into something else counts nothing. */
export function fromNote(document: Document): readonly UsageChange[] {
  const note: unknown = document[noteField];
  if (!Array.isArray(note)) return [];
  return note.flatMap((entry: unknown): UsageChange[] => {
    const [tenant, slug, secrets, bytes]: unknown[] = Array.isArray(entry) ? entry : [];
    const isIntact = typeof tenant === "string" && typeof slug === "string" && isWhole(secrets) && isWhole(bytes);
    return isIntact ? [{ tenant, slug, secrets, bytes }] : [];
  });
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
