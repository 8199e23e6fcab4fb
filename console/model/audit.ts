/** What the audit page may be narrowed to by action. */
export interface ActionGroup {
  readonly id: string;
  readonly word: string;
  /** Empty: every action. */
  readonly actions: readonly string[];
}

const reads = ["secret.read", "secret.decrypt"];
const changes = ["secret.save", "secret.remove", "secret.restore", "secret.purge"];
const people = [
  ...["user.save", "user.remove", "user.link", "user.invite", "user.passkey-create", "user.passkey-remove"],
  ...["permit.save", "permit.remove", "token.create", "token.revoke"],
];
const service = ["key.rotate", "key.destroy-sealing", "quota.set", "audit.close"];
const signIns = ["session.open", "session.refused", "session.end", "session.handoff"];

/**
 * Without a choice the page shows what was read and changed. It leaves out look-ups, plans and sign-ins: opening the
 * console makes some of each, and they would be most of what is seen.
 */
export const actionGroups: readonly ActionGroup[] = [
  { id: "main", word: "Reads and changes", actions: [...reads, ...changes, ...people, ...service] },
  { id: "reads", word: "Reads", actions: reads },
  { id: "changes", word: "Changes of secrets", actions: changes },
  { id: "people", word: "People and tokens", actions: people },
  { id: "service", word: "Keys and quotas", actions: service },
  { id: "signIns", word: "Sign-ins", actions: signIns },
  { id: "plans", word: "Plans", actions: ["secret.plan"] },
  { id: "all", word: "Everything", actions: [] },
];

/**
 * The clock of the page is that of the service to within three seconds, and reads of other processes are a second late.
 */
const lateMs = 4000;

/** The time from which records may be missing. Undefined: all of them are there, as far as the page can know. */
export function lateFrom(completeUntilMs: number | undefined, nowMs: number): number | undefined {
  return completeUntilMs !== undefined && nowMs - completeUntilMs > lateMs ? completeUntilMs : undefined;
}

/** The key field: a text with `*` is a pattern, anything else a key exactly as it is stored. */
export function keySelector(text: string): { key?: string; keyPattern?: string } {
  const key = text.trim();
  if (key === "") return {};
  return key.includes("*") ? { keyPattern: key } : { key };
}

/** One record as a line of JSON, with the names of the contract's JSON form. */
export function jsonLine(fields: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(fields).filter(
    ([, value]) => value !== "" && value !== 0 && value !== undefined && !isEmptyList(value),
  );
  return JSON.stringify(Object.fromEntries(shown));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
