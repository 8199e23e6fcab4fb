import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { decide, isNarrowed, isVisible, isWithinGrants } from "../rules/access.ts";
import { grantedPrefix } from "../rules/grants.ts";
import { type SecretState, stateOf } from "../rules/state.ts";
import { positionOf, prefixOf } from "../store/folder.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { FolderCount, FolderEntry, SecretName, SecretNamePage, TimedSecret } from "../store/secret-store.ts";
import {
  actionsFor,
  addName,
  addSecret,
  isFull,
  type ListCollection,
  type Listed,
  nothingMissing,
} from "./list-collection.ts";
import { bothPrefixes } from "./list-page.ts";
import { visibleTo } from "./verified-secret.ts";

/** Folders that are counted at a time, and secrets that are read. */
const foldersAtOnce = 8;
const secretsAtOnce = 16;

/** Rows that may still be counted on this page. */
interface Budget {
  rows: number;
}

/**
 * Collects what lies directly in the folder of the filter. Of the folder and of those in it, it says how much is in
 * them.
 */
export async function listFolder(collection: ListCollection, start: string, pageSize: number): Promise<Listed> {
  const folder = collection.filter.folder ?? "";
  const budget = { rows: limits.folderRows };
  if (start === "") addFolder(collection, folder, await countUnder(collection, folder, budget));
  const query = { ...whereOf(collection), folder, after: start, limit: pageSize };
  const page = await collection.context.store.listFolder(query);
  let next = start;
  const pause = createPauses();
  for (const entries of batchesOf(page.entries)) {
    await pause();
    // Each page makes progress, also when counting the folder itself took all of it.
    if (budget.rows <= 0 && next !== start) return { next, ...nothingMissing };
    const add = await readEntries(collection, entries, budget);
    for (const entry of entries) {
      if (isFull(collection)) return { next, ...nothingMissing };
      add(entry);
      next = positionOf(entry);
    }
  }
  return { next: page.next, ...nothingMissing };
}

function* batchesOf(entries: readonly FolderEntry[]): Iterable<readonly FolderEntry[]> {
  let batch: FolderEntry[] = [];
  let folders = 0;
  for (const entry of entries) {
    batch.push(entry);
    if (entry.kind === "folder") folders += 1;
    if (folders < foldersAtOnce && batch.length < secretsAtOnce) continue;
    yield batch;
    batch = [];
    folders = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Reads what is needed to show these entries. Returns a function that adds one of them to the answer. */
async function readEntries(
  collection: ListCollection,
  entries: readonly FolderEntry[],
  budget: Budget,
): Promise<(entry: FolderEntry) => void> {
  const paths = entries.flatMap((entry) => (entry.kind === "folder" ? entry.path : []));
  const names = entries.flatMap((entry) => (entry.kind === "secret" ? entry.name : []));
  const [counts, secrets] = await Promise.all([
    Promise.all(paths.map((path) => countUnder(collection, path, budget))),
    isNameEnough(collection) ? [] : readSecrets(collection, names),
  ]);
  const countByPath = new Map(paths.map((path, at) => [path, counts[at]]));
  const secretByKey = new Map(secrets.map((secret) => [secret.key, secret]));
  return (entry) => {
    if (entry.kind === "folder") {
      const count = countByPath.get(entry.path);
      if (count !== undefined && count.secrets > 0) addFolder(collection, entry.path, count);
      return;
    }
    const secret = secretByKey.get(entry.name.key);
    if (secret !== undefined) addSecret(collection, secret);
    else if (isNameEnough(collection)) addName(collection, entry.name);
  };
}

/** Names come from the index alone, unless more is needed to decide whether to show them. */
function isNameEnough({ call, view, filter }: ListCollection): boolean {
  return view === "keys" && filter.state === undefined && !isNarrowed(call.caller);
}

async function readSecrets(
  { context, call, view }: ListCollection,
  names: readonly SecretName[],
): Promise<readonly StoredSecret[]> {
  const { caller } = call;
  const keys = names.map(({ key }) => key).filter((key) => isWithinGrants(caller, key, actionsFor(view)));
  if (keys.length === 0) return [];
  return context.store.findSecrets({ tenant: caller.tenant, keys, visibleTo: visibleTo(caller) });
}

function addFolder(collection: ListCollection, path: string, { secrets, more, timed }: FolderCount): void {
  const { nowMs, filter } = collection;
  const states = timed.map(({ metadata, valueChangedAtMs }) =>
    stateOf(metadata, valueChangedAtMs, nowMs, undefined, filter.expiringMs),
  );
  const count = (wanted: SecretState) => states.filter((state) => state === wanted).length;
  const due = { expiring: count("expiring"), expired: count("expired"), rotationDue: count("rotation-due") };
  collection.folders.push({ path, secrets, ...due, more });
  collection.bytes += folderBytes + path.length;
}

/** The approximate size of a folder in an answer, without its path. */
const folderBytes = 120;

function whereOf({ call, view }: ListCollection) {
  const right = view === "full" ? "read" : "any";
  return { tenant: call.caller.tenant, visibleTo: visibleTo(call.caller), right } as const;
}

async function countUnder(collection: ListCollection, folder: string, budget: Budget): Promise<FolderCount> {
  const { context, call } = collection;
  const prefix = prefixOf(folder);
  if (isNarrowed(call.caller)) return countGranted(collection, prefix, budget);
  const count = await context.store.countFolder({ ...whereOf(collection), prefix, limit: limits.folderCount });
  budget.rows -= count.secrets;
  return count;
}

/** The index does not know what a token is narrowed to: of the names in it, only granted ones are looked at. */
async function countGranted(collection: ListCollection, folder: string, budget: Budget): Promise<FolderCount> {
  const { context, call, view } = collection;
  const { caller } = call;
  const actions = actionsFor(view);
  const granted = grantedPrefix(caller.grants, actions);
  const prefix = granted === undefined ? undefined : bothPrefixes(folder, granted);
  const timed: TimedSecret[] = [];
  if (prefix === undefined) return { secrets: 0, more: false, timed };
  const isCounted = (secret: StoredSecret) =>
    view === "full" ? decide(caller, secret, "read").allowed : isVisible(caller, secret);
  const query = { ...whereOf(collection), prefix, glob: undefined, limit: limits.pageMax, scanLimit: limits.pageMax };
  const pause = createPauses();
  let secrets = 0;
  let after: string | undefined = "";
  while (after !== undefined) {
    const page: SecretNamePage = await context.store.listNames({ ...query, after });
    budget.rows -= page.scanned;
    const names = page.names.filter(({ key }) => isWithinGrants(caller, key, actions));
    for (let at = 0; at < names.length; at += secretsAtOnce) {
      await pause();
      for (const secret of (await readSecrets(collection, names.slice(at, at + secretsAtOnce))).filter(isCounted)) {
        if (secrets === limits.folderCount) return { secrets, more: true, timed };
        secrets += 1;
        timed.push(secret);
      }
    }
    after = page.next;
    // A token that is granted few of many secrets: that there is one is enough to show the folder.
    if (budget.rows <= 0 && secrets > 0) return { secrets, more: after !== undefined, timed };
    await pause();
  }
  return { secrets, more: false, timed };
}
