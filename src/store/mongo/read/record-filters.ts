import type { Collection, Document } from "mongodb";
import { globMatches } from "../../../text/glob.ts";
import { type AuditQuery, commonAction, mergedKeys } from "../../audit-page.ts";
import { keyRange } from "../../key-range.ts";
import { recordName } from "../rows/audit-row.ts";
import { auditIndexes } from "../rows/schema.ts";
import type { NamedFilter } from "./visible-filter.ts";

/** Keys that are looked at to find those that match a glob. */
const keysLookedAt = 2_000;

/**
 * The filters that together select the records of a query, each with the index in which they are in their order. Fields
 * that are not in the index are compared in the documents, newest first, until the page is full. `keys` are those with
 * records that match the glob of the query, where they are few.
 */
export function recordFilters(query: AuditQuery, keys?: readonly string[]): readonly NamedFilter[] {
  const { key, keyGlob, principal, actions, actionPrefix, decision } = query;
  const filter: Document = { ...timesOf(query) };
  if (key !== undefined) filter.key = { $eq: key };
  else if (keys !== undefined) filter.key = { $in: [...keys] };
  else if (keyGlob !== undefined) filter.key = { $ne: "", $regex: regexOf(keyGlob) };
  if (principal !== undefined) filter.principal = { $eq: principal };
  if (decision !== undefined) filter.decision = { $eq: decision };
  const prefixed = actionPrefix === undefined ? {} : { $gte: actionPrefix, $lt: `${actionPrefix}\u{10ffff}` };
  if (actions !== undefined) filter.action = { ...prefixed, $in: [...actions] };
  else if (actionPrefix !== undefined) filter.action = prefixed;
  if (keys?.length === 0) return [];
  if (key !== undefined || keys !== undefined) return [{ filter, hint: auditIndexes.ofKey.name }];
  if (principal !== undefined) return [{ filter, hint: auditIndexes.ofPrincipal.name }];
  if (actions === undefined || actions.includes(commonAction)) return [{ filter, hint: auditIndexes.ofTenant.name }];
  // The index leaves out one action. MongoDB uses it only for a filter that stays on one side of that.
  const sides = [actions.filter((action) => action < commonAction), actions.filter((action) => action > commonAction)];
  return sides
    .filter((side) => side.length > 0)
    .map((side) => ({ filter: { ...filter, action: { ...prefixed, $in: side } }, hint: auditIndexes.ofAction.name }));
}

/**
 * The keys with records that match the glob of a query. Undefined when there may be too many to look at, or to merge
 * their records: the glob has to begin with text.
 */
export async function keysMatching(
  collection: Collection<Document>,
  { tenant, keyGlob = "" }: AuditQuery,
  maxTimeMS: number,
): Promise<readonly string[] | undefined> {
  const range = keyRange("", keyGlob, "");
  if (range === undefined || range.from === "") return undefined;
  const found = await collection
    .aggregate(
      [
        { $match: { tenant: { $eq: tenant }, key: { $gte: range.from, $lt: range.to } } },
        { $group: { _id: "$key" } },
        { $limit: keysLookedAt + 1 },
      ],
      { hint: auditIndexes.ofKey.name, maxTimeMS },
    )
    .toArray();
  const keys = found.map(({ _id }) => String(_id)).filter((key) => globMatches(keyGlob, key));
  return found.length > keysLookedAt || keys.length > mergedKeys ? undefined : keys;
}

function timesOf({ tenant, fromMs, toMs, after }: AuditQuery): Document {
  const lastMs = toMs === undefined ? Number.MAX_SAFE_INTEGER : toMs - 1;
  const isAfter = after !== undefined && after.timeMs <= lastMs;
  const filter: Document = {
    tenant: { $eq: tenant },
    timeMs: { $gte: fromMs ?? 0, $lte: isAfter ? after.timeMs : lastMs },
  };
  if (!isAfter) return filter;
  const name = recordName(after.chain, after.position);
  return { ...filter, $or: [{ timeMs: { $lt: after.timeMs } }, { _id: { $lt: name } }] };
}

/** Each part of the glob is looked for once, from the end of the one before: trying again would take much longer. */
function regexOf(glob: string): string {
  const [head = "", ...rest] = glob.split("*").map((part) => part.replace(/[^A-Za-z0-9]/g, "\\$&"));
  const tail = rest.pop();
  if (tail === undefined) return `^${head}\\z`;
  return `(?s)^${head}${rest.map((part) => `(?>.*?${part})`).join("")}.*${tail}\\z`;
}
