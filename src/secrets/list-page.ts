import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { isNarrowed } from "../rules/access.ts";
import { grantedPrefix } from "../rules/grants.ts";
import type { SecretName, SecretPage, SecretPageQuery } from "../store/secret-store.ts";
import {
  actionsFor,
  addName,
  addSecret,
  countOf,
  isFull,
  type ListCollection,
  type Listed,
  nothingMissing,
} from "./list-collection.ts";
import { hasText } from "./list-filter.ts";
import { visibleTo } from "./verified-secret.ts";

/** The longer of two prefixes; undefined when no key starts with both. */
export function bothPrefixes(a: string, b: string): string | undefined {
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : undefined;
}

/** Collects a page of the secrets that the filter selects, in the order of their keys. */
export async function listPage(collection: ListCollection, start: string, pageSize: number): Promise<Listed> {
  const { call, view, filter } = collection;
  const size = () => countOf(collection);
  // Bringing back is creating again.
  const granted = grantedPrefix(call.caller.grants, filter.removed ? ["create"] : actionsFor(view));
  const prefix = granted === undefined ? undefined : bothPrefixes(filter.prefix, granted);
  if (prefix === undefined) return { next: undefined, ...nothingMissing };
  // When many of the rows must not be shown, asking for only as many as are wanted would take very many queries.
  const isPicky = isNarrowed(call.caller) || filter.removed || filter.text !== "";
  const least = filter.text === "" ? limits.pageDefault : limits.pageMax;
  let after = start;
  let scanned = 0;
  const pause = createPauses();
  while (scanned < limits.scannedRows) {
    await pause();
    const page = await readPage(collection, {
      tenant: call.caller.tenant,
      visibleTo: visibleTo(call.caller),
      right: view === "full" ? "read" : "any",
      removed: filter.removed,
      prefix,
      glob: filter.glob,
      after,
      limit: Math.max(pageSize - size(), isPicky ? least : 0),
      maxBytes: Math.max(collection.maxBytes - collection.bytes, 0),
      scanLimit: limits.scannedRows - scanned,
    });
    scanned += Math.max(page.scanned, 1);
    for (const [at, { key }] of page.found.entries()) {
      if (size() >= pageSize || isFull(collection)) return { next: after, ...nothingMissing };
      page.add(at);
      after = key;
    }
    if (page.next === undefined) return { next: undefined, ...nothingMissing };
    after = page.next;
    if (size() >= pageSize || isFull(collection)) break;
  }
  return { next: after, ...nothingMissing };
}

interface FoundPage extends Pick<SecretPage, "next" | "scanned"> {
  readonly found: readonly SecretName[];
  /** Adds one of them to the answer if it may be shown. */
  add(at: number): void;
}

/** Names come from the index alone, unless more is needed to decide whether to show them. */
async function readPage(collection: ListCollection, query: SecretPageQuery): Promise<FoundPage> {
  const { context, call, view, filter } = collection;
  const isAny = filter.state === undefined && filter.text === "" && !filter.removed;
  if (view === "keys" && isAny && !isNarrowed(call.caller)) {
    const { names, ...page } = await context.store.listNames(query);
    const add = (at: number) => names[at] !== undefined && addName(collection, names[at]);
    return { ...page, found: names, add };
  }
  const { secrets, ...page } = await readSecrets(collection, query);
  const add = (at: number) => secrets[at] !== undefined && addSecret(collection, secrets[at]);
  return { ...page, found: secrets, add };
}

/**
 * Views without values do not need envelopes, which are a good part of what is read, except to verify what was not
 * verified before.
 */
async function readSecrets(
  { context, call, view, filter, verifiedFields, readAsVerified }: ListCollection,
  query: SecretPageQuery,
): Promise<SecretPage> {
  if (view === "full") return context.store.listSecrets(query);
  const page = await context.store.listSecrets({ ...query, fieldsOnly: true });
  const candidates = page.secrets.filter((secret) => hasText(filter, secret));
  const unverified = candidates.filter((secret) => !verifiedFields.has(secret));
  if (unverified.length > 0 && filter.text === "") return context.store.listSecrets(query);
  // Another call may make them be forgotten before they are shown.
  const isUnverified = new Set(unverified);
  for (const secret of candidates) if (!isUnverified.has(secret)) readAsVerified.add(secret);
  if (unverified.length === 0) return page;
  // Few secrets have the text: the others are not read again.
  const wanted = new Set(unverified.map(({ key }) => key));
  const where = { tenant: call.caller.tenant, visibleTo: visibleTo(call.caller) };
  const whole = await context.store.findSecrets({ ...where, keys: [...wanted] });
  const byKey = new Map(whole.map((secret) => [secret.key, secret]));
  const secrets = page.secrets.flatMap((secret) => (wanted.has(secret.key) ? (byKey.get(secret.key) ?? []) : secret));
  return { ...page, secrets };
}
