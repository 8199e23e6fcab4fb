import { SecretError } from "../error.ts";
import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { isNarrowed, isVisible } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { grantedPrefix } from "../rules/grants.ts";
import { positionOf } from "../store/folder.ts";
import type { FolderPage, SecretPageQuery } from "../store/secret-store.ts";
import { isFailure, rightActions, verify, visibleTo } from "./verified-secret.ts";

export interface FolderRequest {
  /** "" for all secrets, or a folder with `/` at its end. */
  readonly folder: string;
  /** Undefined: every key below the folder, as it follows the folder. */
  readonly fold: ((rest: string) => Folded) | undefined;
  /** Only names after this one, in byte order; "" from the start. */
  readonly after: string;
  /** Undefined: all of them. */
  readonly limit: number | undefined;
  /** `read`: only secrets that the caller may read, by the index. */
  readonly right: "any" | "read";
}

/** What a key below a folder is listed as. */
export interface Folded {
  /** Undefined: it is not listed. */
  readonly name: string | undefined;
  /** The part that other keys with the same name share; undefined when no other key has it. */
  readonly shared: string | undefined;
}

/** What lies deeper is listed as the folder that it is in, with `/` at its end. */
export function byFolder(rest: string): Folded {
  const at = rest.indexOf("/");
  if (at < 0) return { name: rest, shared: undefined };
  const shared = rest.slice(0, at + 1);
  return { name: shared, shared };
}

/** Sorts after everything that a key may have in this place. */
const last = "\x7f";

/** Names that are asked for at a time: most folders have fewer. */
const pageNames = 100;

/** More than this, and the call needs the memory of a large one. */
const manyNames = 300;
const largeListBytes = 4 * 1024 * 1024;

/**
 * The names in a folder that the caller may see, in the order of their first keys, without a record. What lies deeper
 * is skipped, so a folder costs what its own names cost. Throws LIMIT_EXCEEDED when there are too many.
 */
export async function folderNames(context: Context, call: CallInfo, request: FolderRequest): Promise<string[]> {
  if (request.fold === byFolder && !isNarrowed(call.caller)) return entriesOf(context, call, request);
  const { folder, fold, limit = Number.POSITIVE_INFINITY } = request;
  const { caller, room } = call;
  const names = new Set<string>();
  if (grantedPrefix(caller.grants, rightActions) === undefined) return [...names];
  const pause = createPauses();
  const start = startOf(request);
  let after = fold === byFolder && start.endsWith("/") ? start + last : start;
  for (let steps = 0; ; steps += 1) {
    if (steps >= limits.scannedRows / pageNames || names.size > limits.scannedRows) throw tooMany();
    await pause();
    const page = await readNames(context, call, {
      tenant: caller.tenant,
      visibleTo: visibleTo(caller),
      right: request.right,
      prefix: folder,
      glob: undefined,
      after,
      limit: pageNames,
      scanLimit: limits.scannedRows,
    });
    let isSkipping = false;
    for (const key of page.keys) {
      const { name, shared } = fold?.(key.slice(folder.length)) ?? {
        name: key.slice(folder.length),
        shared: undefined,
      };
      if (name !== undefined) names.add(name);
      after = shared === undefined ? key : `${folder}${shared}${last}`;
      if (names.size === manyNames) await room?.grow(limits.callBytes + largeListBytes);
      if (names.size >= limit) return [...names];
      isSkipping = shared !== undefined;
      if (isSkipping) break;
    }
    if (isSkipping) continue;
    if (page.next === undefined) return [...names];
    after = page.next;
  }
}

/**
 * The same for what is directly in a folder, where a folder stands for all that lies in it, with `/` at its end. The
 * store skips what lies deeper. Only for tokens that are not narrowed.
 */
async function entriesOf(context: Context, { caller, room }: CallInfo, request: FolderRequest): Promise<string[]> {
  const { folder, limit, right } = request;
  const most = limits.scannedRows;
  const names: string[] = [];
  const where = { tenant: caller.tenant, visibleTo: visibleTo(caller), right, folder: folder.replace(/\/$/, "") };
  let position: string | undefined = startOf(request);
  while (position !== undefined) {
    const wanted = Math.min((limit ?? most + 1) - names.length, limits.pageMax);
    const page: FolderPage = await context.store.listFolder({ ...where, after: position, limit: wanted });
    names.push(...page.entries.map((entry) => positionOf(entry).slice(folder.length)));
    if (names.length === limit) return names;
    if (names.length > most) throw tooMany();
    if (names.length > manyNames) await room?.grow(limits.callBytes + largeListBytes);
    position = page.next;
  }
  return names;
}

/** Keys of one page. A narrowed token needs the secrets themselves: the index knows nothing of grants. */
async function readNames(
  context: Context,
  { caller }: CallInfo,
  query: SecretPageQuery,
): Promise<{ readonly keys: readonly string[]; readonly next: string | undefined }> {
  if (!isNarrowed(caller)) {
    const { names, next } = await context.store.listNames(query);
    return { keys: names.map(({ key }) => key), next };
  }
  const { secrets, next } = await context.store.listSecrets(query);
  const shown = secrets.filter((secret) => isVisible(caller, secret) && !isFailure(verify(context, secret)));
  return { keys: shown.map(({ key }) => key), next };
}

/** A name is a folder at most, so of what `after` says below one only the folder counts: it is before that. */
function startOf({ folder, after, fold }: FolderRequest): string {
  if (after === "") return "";
  const slash = fold === byFolder ? after.indexOf("/") : -1;
  return folder + (slash < 0 ? after : after.slice(0, slash + 1));
}

function tooMany(): SecretError {
  const limit = limits.scannedRows;
  const message = `the folder has more than ${limit} names: list a deeper folder, or a part with after and limit`;
  return new SecretError({ reason: "LIMIT_EXCEEDED", message, limit });
}

/** Records that the names of a folder were listed, or that there were none. */
export async function recordListing(context: Context, call: CallInfo, folder: string, count: number): Promise<void> {
  const decision = count === 0 ? "denied" : "allowed";
  const rule = count === 0 ? "not-found" : call.caller.admin && !isNarrowed(call.caller) ? "admin" : "visible";
  const entry = { action: "secret.list", decision, rule, count, filter: `folder=${folder}` } as const;
  await context.accessLog.record([auditRecord(call, context.now(), entry)]);
}
