/**
 * The kinds of rows in a store. A part comes after those whose rows are written together with it or later: read in this
 * order, a part that is in use shows that those after it must be.
 */
export const storeParts = [
  "secrets",
  "history",
  "idempotency",
  "users",
  "tokens",
  "revisions",
  "changes",
  "access",
  "checkpoints",
  "chains",
  "keys",
] as const;

export type StorePart = (typeof storeParts)[number];
