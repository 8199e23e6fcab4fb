import type { AuditRecord } from "../audit/record.ts";
import { anonymousRecord } from "./decision-record.ts";
import { firstTenant } from "./secret-key.ts";

/**
 * What kind of stored data is not what the service wrote. `version`: an old one of a secret; `layout`: tables,
 * triggers, collections or their options;
 * `audit`: the log of changes.
 */
export const integrityKinds = [
  "secret",
  "version",
  "user",
  "token",
  "permit",
  "event",
  "index",
  "layout",
  "audit",
] as const;
export type IntegrityKind = (typeof integrityKinds)[number];

/** `edited`: it does not verify; `put-back`: it is older than its last change; `deleted`: it is missing. */
export const integrityCauses = ["edited", "put-back", "deleted"] as const;
export type IntegrityCause = (typeof integrityCauses)[number];

/** One piece of stored data that was changed outside the service, or is damaged. */
export interface IntegrityFailure {
  readonly kind: IntegrityKind;
  readonly cause: IntegrityCause;
  readonly tenant: string;
  /** Key, slug or id. */
  readonly name: string;
}

/** What a scan of the whole store found. */
export interface ScanResult {
  /** Rows of secrets, users and tokens that were verified. */
  readonly rows: number;
  /** Those of them of which the log has no record, as after a restore: their age cannot be checked. */
  readonly uncompared: number;
  /** Failures that were reported. */
  readonly failures: number;
}

/** Where all failures of integrity are reported, so that none goes unnoticed. */
export interface Integrity {
  /** Counts, and reports what is new. The caller records the failure itself, as part of what it refuses. */
  note(failure: IntegrityFailure): void;
  /** The same, and writes an audit record of what is new. Never rejects. `peer`: who met it, if anyone did. */
  report(failure: IntegrityFailure, peer?: string): Promise<void>;
  /** What was replaced, removed or purged is no longer a failure. */
  forget(kind: IntegrityKind, tenant: string, name: string): void;
  /** What was found lately and not repaired since, at most `shownMax`. */
  readonly found: readonly IntegrityFailure[];
  /** The last complete scan, and when it ended. Undefined before the first. */
  readonly lastScan: (ScanResult & { readonly timeMs: number }) | undefined;
  noteScan(result: ScanResult): void;
  /** How often each kind was met since the start, also those that never were. */
  readonly totals: readonly IntegrityTotal[];
}

export interface IntegrityTotal {
  readonly kind: IntegrityKind;
  readonly cause: IntegrityCause;
  readonly count: number;
}

export interface IntegrityOptions {
  now(): number;
  /** Stores audit records. */
  readonly record: (records: readonly AuditRecord[]) => Promise<void>;
  /** Gets one message for each new failure. It contains no value. */
  readonly onNew: (message: string) => void;
}

/** A failure that is not met again for this long was repaired. The background scan meets it once an hour. */
const rememberedMs = 3 * 3_600_000;

/** More are only counted: someone who edits every row must not fill the memory, the log and the audit log. */
const shownMax = 1_000;

export function createIntegrity({ now, record, onNew }: IntegrityOptions): Integrity {
  const found = new Map<string, { readonly failure: IntegrityFailure; readonly seenMs: number }>();
  const totals = integrityKinds.flatMap((kind) => integrityCauses.map((cause) => ({ kind, cause, count: 0 })));

  let lastScan: Integrity["lastScan"];

  /** Whether it was not known yet. */
  function add(failure: IntegrityFailure): boolean {
    const total = totals.find(({ kind, cause }) => kind === failure.kind && cause === failure.cause);
    if (total !== undefined) total.count += 1;
    const nowMs = now();
    for (const [name, { seenMs }] of found) if (nowMs - seenMs > rememberedMs) found.delete(name);
    const name = nameOf(failure);
    const isNew = !found.has(name) && found.size < shownMax;
    if (isNew || found.has(name)) found.set(name, { failure, seenMs: nowMs });
    if (isNew) onNew(describeFailure(failure));
    return isNew;
  }

  return {
    note: (failure) => void add(failure),
    async report(failure, peer = "") {
      if (!add(failure)) return;
      const { kind, cause, tenant, name } = failure;
      const entry = {
        action: `integrity.${kind}`,
        decision: "refused",
        rule: "integrity",
        key: name,
        filter: cause,
      } as const;
      // The failure stays known, counted and logged also when it cannot be recorded.
      await record([anonymousRecord(tenant === "" ? firstTenant : tenant, now(), entry, peer)]).catch(() => undefined);
    },
    forget(kind, tenant, name) {
      found.delete(nameOf({ kind, tenant, name }));
    },
    get found() {
      return [...found.values()].map(({ failure }) => failure);
    },
    get lastScan() {
      return lastScan;
    },
    noteScan(result) {
      lastScan = { ...result, timeMs: now() };
    },
    totals,
  };
}

const causes: Readonly<Record<IntegrityCause, string>> = {
  edited: "does not verify: it was changed outside the service, or is damaged",
  "put-back": "is older than its last change: an old row was put back",
  deleted: "is missing: its row was deleted outside the service",
};

/** A message for operators, without any value. */
export function describeFailure({ kind, cause, tenant, name }: IntegrityFailure): string {
  if (kind === "layout") return `the database is not as the service made it: ${name}`;
  if (kind === "audit") return `the audit log does not verify: ${name}`;
  return `${subjectOf(kind, name)} of the tenant ${tenant} ${causes[cause]}`;
}

function subjectOf(kind: IntegrityKind, name: string): string {
  if (kind === "event") return `an event about ${name}`;
  if (kind === "permit") return `the row of permits of ${name}`;
  return kind === "version" ? `an old version of the secret ${name}` : `the ${kind} ${name}`;
}

function nameOf({ kind, tenant, name }: Pick<IntegrityFailure, "kind" | "tenant" | "name">): string {
  return `${kind}\0${tenant}\0${name}`;
}
