import { IntegrityError } from "../crypto/integrity-error.ts";
import { verifyToken, verifyUser } from "../identity/rows.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import type { IntegrityCause, ScanResult } from "../rules/integrity.ts";
import { verifyPermit } from "../rules/permit-row.ts";
import { retainedVersions, shouldExist } from "../rules/put-back.ts";
import { openDocument } from "../secrets/document.ts";
import type { KeyedPage, RewrappableRows } from "../store/rewrappable-rows.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { createIndexCheck, isIndexed } from "./scan-index.ts";
import { isInPart, type LastChange, nameOf, type Part, type ScannedKind, scanLog } from "./scan-log.ts";

export interface ScanOptions {
  /** Called after each page of rows, so that calls are not slowed down. Throws to end the scan. */
  readonly pause: () => Promise<void>;
  /** Names in memory at once. With more, the scan takes several passes. Default 100,000. */
  readonly namesMax?: number;
}

const pageRows = 100;
const partsMax = 4 ** 5;
const kinds = { secret: "secrets", user: "users", token: "tokens", permit: "permits" } as const;

/**
 * Compares all rows with the log of changes, in both directions: rows that do not verify, that are older than their
 * last change, or that are missing, and an index that does not say what the rows say. Everything that is found is
 * looked at once more before it is reported, because the store changes meanwhile.
 */
export async function scanStore(context: Context, options: ScanOptions): Promise<ScanResult> {
  const { pause } = options;
  for (let of = 1; ; of *= 4) {
    // With as many parts as this, each has few names, and whatever it has fits.
    const namesMax = of < partsMax ? (options.namesMax ?? 100_000) : Number.POSITIVE_INFINITY;
    const total = { rows: 0, uncompared: 0, failures: 0 };
    let isTooMuch = false;
    for (let number = 0; number < of && !isTooMuch; number += 1) {
      const found = await scanPart(context, { number, of }, { pause, namesMax });
      if (found === undefined) isTooMuch = true;
      else for (const name of ["rows", "uncompared", "failures"] as const) total[name] += found[name];
    }
    if (!isTooMuch) return total;
  }
}

async function scanPart(context: Context, part: Part, options: Required<ScanOptions>): Promise<ScanResult | undefined> {
  const log = await scanLog(context, part, options);
  if (log === undefined) return undefined;
  const scan: Scan = {
    context,
    part,
    pause: options.pause,
    left: new Map(log.lastChanges),
    rows: 0,
    uncompared: 0,
    failures: 0,
  };
  for (const { kind, chain, position } of log.problems) {
    await report(scan, "audit", "edited", "", `${kind} at position ${position} of the chain ${chain}`);
  }
  const index = await createIndexCheck(context, part, options.pause);
  const kids = new Set((await context.store.countByKey(context.now())).map(({ kid }) => kid));
  for (const kid of kids) {
    await walk(scan, "secrets", kid, async (rows) => {
      const intact: StoredSecret[] = [];
      for (const row of rows) if (await checkSecret(scan, row)) intact.push(row);
      for (const row of intact) index.add(row);
      await checkHistories(scan, intact);
    });
    await walk(
      scan,
      "users",
      kid,
      eachRow((row) => checkUser(scan, row)),
    );
    await walk(
      scan,
      "tokens",
      kid,
      eachRow((row) => checkToken(scan, row)),
    );
    await walk(
      scan,
      "permits",
      kid,
      eachRow((row) => checkPermit(scan, row)),
    );
  }
  for (const { tenant, key } of index.doubtful()) await checkIndex(scan, tenant, key);
  for (const change of scan.left.values()) await checkMissing(scan, change);
  const { rows, uncompared, failures } = scan;
  return { rows, uncompared, failures };
}

interface Scan {
  readonly context: Context;
  readonly part: Part;
  readonly pause: () => Promise<void>;
  /** What the log has and no row was found for yet. */
  readonly left: Map<string, LastChange>;
  rows: number;
  uncompared: number;
  failures: number;
}

async function walk<Kind extends (typeof kinds)[ScannedKind]>(
  scan: Scan,
  kind: Kind,
  kid: string,
  check: (rows: readonly RewrappableRows[Kind][]) => Promise<void>,
): Promise<void> {
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: KeyedPage<RewrappableRows[Kind]> = await scan.context.store.listUnderKey(kind, kid, after, pageRows);
    await check(page.rows);
    after = page.next;
    await scan.pause();
  }
}

function eachRow<Row>(check: (row: Row) => Promise<void>): (rows: readonly Row[]) => Promise<void> {
  return async (rows) => {
    for (const row of rows) await check(row);
  };
}

/** Notes a row, and returns what the log says last about it. Undefined for a row of another part. */
function meet(
  scan: Scan,
  kind: ScannedKind,
  tenant: string,
  name: string,
): { change: LastChange | undefined } | undefined {
  if (!isInPart(scan.part, tenant, name)) return undefined;
  const at = nameOf(kind, tenant, name);
  const change = scan.left.get(at);
  scan.left.delete(at);
  scan.rows += 1;
  if (change === undefined) scan.uncompared += 1;
  return { change };
}

async function checkSecret(scan: Scan, row: StoredSecret): Promise<boolean> {
  const { context } = scan;
  const { tenant, key } = row;
  const met = meet(scan, "secret", tenant, key);
  if (met === undefined) return false;
  if (!verifies(() => openDocument(context.keyring, row))) {
    await report(scan, "secret", "edited", tenant, key);
    return false;
  }
  const isLast = met.change === undefined || (met.change.version === row.version && !met.change.isGone);
  if (isLast) return true;
  const [now] = await context.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
  const putBack = now && (await context.lastChanges.compare([now], "write"));
  if (putBack !== undefined && putBack.size > 0) await report(scan, "secret", "put-back", tenant, key);
  return false;
}

/** Old versions that were deleted. Only where numbers are missing does the log say whether they were purged. */
async function checkHistories(scan: Scan, rows: readonly StoredSecret[]): Promise<void> {
  for (const [tenant, ofTenant] of Map.groupBy(rows, (row) => row.tenant)) {
    const keys = ofTenant.map(({ key }) => key);
    const numbers = await scan.context.store.listVersionNumbers(tenant, keys);
    for (const [at, { key, version }] of ofTenant.entries()) {
      const found = new Set(numbers[at]);
      const oldest = Math.max(1, version - limits.historyVersions + 1);
      const all = Array.from({ length: version - oldest + 1 }, (_, above) => oldest + above);
      if (!all.every((number) => found.has(number))) await checkHistory(scan, tenant, key);
    }
  }
}

async function checkHistory(scan: Scan, tenant: string, key: string): Promise<void> {
  const { store } = scan.context;
  const lookup = { tenant, keys: [key], visibleTo: "everyone" } as const;
  const [before] = await store.findSecrets(lookup);
  const [numbers = []] = await store.listVersionNumbers(tenant, [key]);
  const [row] = await store.findSecrets(lookup);
  // The next scan looks at what changes now.
  if (row === undefined || row.version !== before?.version) return;
  const query = { tenant, name: key, action: "secret.", isVersioned: true };
  // Read last, because it has the record of whatever was purged before. Some records are about purges.
  const [changes = []] = await store.newestChanges([query], 2 * limits.historyVersions);
  const isMissing = retainedVersions(row.version, changes).some((version) => !numbers.includes(version));
  if (isMissing) await report(scan, "version", "deleted", tenant, key);
}

async function checkUser(scan: Scan, row: RewrappableRows["users"]): Promise<void> {
  const { context } = scan;
  const { tenant, slug } = row;
  if (meet(scan, "user", tenant, slug) === undefined) return;
  if (!verifies(() => verifyUser(context.keyring, row))) return report(scan, "user", "edited", tenant, slug);
  const now = (await context.lastChanges.isUserPutBack(row)) ? await context.store.findUser(tenant, slug) : undefined;
  if (now !== undefined && (await context.lastChanges.isUserPutBack(now))) {
    await report(scan, "user", "put-back", tenant, slug);
  }
}

async function checkToken(scan: Scan, row: RewrappableRows["tokens"]): Promise<void> {
  const { context } = scan;
  const { tenant, id } = row;
  if (meet(scan, "token", tenant, id) === undefined) return;
  if (!verifies(() => verifyToken(context.keyring, row))) return report(scan, "token", "edited", tenant, id);
  if (row.revokedAtMs !== 0 || !(await context.lastChanges.ofLogin(row).isTokenPutBack())) return;
  const now = await context.store.findToken(tenant, id);
  if (now?.revokedAtMs === 0) await report(scan, "token", "put-back", tenant, id);
}

async function checkPermit(scan: Scan, row: RewrappableRows["permits"]): Promise<void> {
  const { store, keyring, lastChanges } = scan.context;
  const { tenant, name } = row;
  if (meet(scan, "permit", tenant, name) === undefined) return;
  if (!verifies(() => verifyPermit(keyring, row))) return report(scan, "permit", "edited", tenant, name);
  if (!(await lastChanges.isPermitPutBack(row))) return;
  const [now] = await store.findPermits(tenant, [name]);
  if (now !== undefined && (await lastChanges.isPermitPutBack(now)))
    await report(scan, "permit", "put-back", tenant, name);
}

/** A row that the log knows and the scan did not meet: it may have been made, moved or purged meanwhile. */
async function checkMissing(scan: Scan, { kind, tenant, name, isGone }: LastChange): Promise<void> {
  const { store } = scan.context;
  if (isGone) return;
  if (kind === "secret") {
    const query = { tenant, name, action: "secret.", isVersioned: true };
    const [changes = []] = await store.newestChanges([query], limits.historyVersions);
    const [row] = await store.findSecrets({ tenant, keys: [name], visibleTo: "everyone" });
    if (row !== undefined || !shouldExist(changes)) return;
  } else {
    if (await isThere(store, kind, tenant, name)) return;
  }
  await report(scan, kind, "deleted", tenant, name);
}

async function isThere(
  store: Context["store"],
  kind: Exclude<ScannedKind, "secret">,
  tenant: string,
  name: string,
): Promise<boolean> {
  if (kind === "permit") return (await store.findPermits(tenant, [name])).length > 0;
  return (await (kind === "user" ? store.findUser(tenant, name) : store.findToken(tenant, name))) !== undefined;
}

/** The index is made from the lists, so it can be made again. */
async function checkIndex(scan: Scan, tenant: string, key: string): Promise<void> {
  const { context } = scan;
  const [row] = await context.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
  if (row === undefined || !verifies(() => openDocument(context.keyring, row))) return;
  const putBack = await context.lastChanges.compare([row], "write");
  if (putBack !== undefined && putBack.size > 0) return;
  if (await isIndexed(context, row)) return;
  await report(scan, "index", "edited", tenant, key);
  const entry = { action: "integrity.index", decision: "allowed", rule: "repair", key, version: row.version } as const;
  const { status } = await context.store.commitSecrets({
    tenant,
    changes: [{ secret: row, expectedVersion: row.version, replacesDamaged: true }],
    audit: [anonymousRecord(tenant, context.now(), entry)],
    idempotency: undefined,
  });
  if (status === "committed") context.integrity.forget("index", tenant, key);
}

function verifies(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}

async function report(
  scan: Scan,
  kind: ScannedKind | "version" | "index" | "audit",
  cause: IntegrityCause,
  tenant: string,
  name: string,
): Promise<void> {
  scan.failures += 1;
  await scan.context.integrity.report({ kind, cause, tenant, name });
}
