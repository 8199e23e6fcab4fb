import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { StorePart } from "../store/store-part.ts";

/** Rows that are never there without others. */
interface Rule {
  readonly rows: readonly StorePart[];
  readonly need: readonly StorePart[];
  readonly lost: string;
  /** What is left can be put into a backup. */
  readonly canBackUp: boolean;
}

const rules: readonly Rule[] = [
  {
    rows: ["secrets", "history", "users", "tokens", "idempotency", "changes", "access", "chains"],
    need: ["keys"],
    lost: "stored keys",
    canBackUp: false,
  },
  { rows: ["secrets"], need: ["history"], lost: "versions of secrets", canBackUp: true },
  {
    rows: ["secrets", "users", "tokens"],
    need: ["changes", "checkpoints"],
    lost: "audit records of changes",
    canBackUp: true,
  },
  { rows: ["changes", "access", "checkpoints"], need: ["chains"], lost: "audit chains", canBackUp: true },
];

/**
 * Throws `StoreError` when a whole kind of rows is missing. It notices accidents, such as a collection that was dropped
 * and made again. Single rows that are missing are found elsewhere.
 */
export async function requireWholeStore(store: Pick<Store, "usedParts">): Promise<void> {
  // Looked for twice: other processes write meanwhile.
  if (findBroken(await store.usedParts()) === undefined) return;
  const broken = findBroken(await store.usedParts());
  if (broken === undefined) return;
  const left = broken.canBackUp ? "; 'secret-svc backup' backs up what is left" : "";
  throw new StoreError(
    "unavailable",
    `the store is incomplete: it has ${broken.rows.join(", ")}, but no ${broken.lost}; put the whole store back from one ` +
      `copy, or restore a backup into a new store with 'secret-svc restore'${left}`,
  );
}

function findBroken(used: ReadonlySet<StorePart>): Rule | undefined {
  const isUsed = (part: StorePart) => used.has(part);
  const broken = rules.find(({ rows, need }) => rows.some(isUsed) && !need.some(isUsed));
  return broken && { ...broken, rows: broken.rows.filter(isUsed) };
}
