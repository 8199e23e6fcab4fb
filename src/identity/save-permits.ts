import { type Failure, throwAny } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuseAny } from "../rules/decision-record.ts";
import { globProblem } from "../rules/key-pattern.ts";
import type { PermitFields } from "../rules/permit-row.ts";
import type { Permit } from "../rules/permits.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { checkBatchSize, nameFailure } from "../rules/selection.ts";
import { compareBytes } from "../text/byte-order.ts";
import { changeIdentities, type IdentityContext, requireUserManager, tenantOf } from "./directory.ts";
import { loadPermits } from "./load-all-permits.ts";

export interface PermitRequest {
  readonly permits: readonly Permit[];
  readonly tenant: string;
}

export interface SavedPermit {
  readonly permit: Permit;
  /** False when it was there already. */
  readonly isNew: boolean;
}

const action = "permit.save";

/** Gives permits: all of them, or none. A tenant and each name have at most as many as `limits` says. */
export async function savePermits(
  context: IdentityContext,
  call: IdentityCall,
  request: PermitRequest,
): Promise<readonly SavedPermit[]> {
  const permits = checkPermits(request.permits);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  return changeIdentities(context, call, tenant, async () => {
    const stored = patternsByName((await loadPermits(context, tenant)).permits);
    const after = new Map(stored);
    for (const [name, given] of Map.groupBy(permits, (permit) => permit.name)) {
      after.set(name, sorted([...(stored.get(name) ?? []), ...given.map(({ pattern }) => pattern)]));
    }
    await refuseAny(context, call, action, countFailures(after));
    const names = [...new Set(permits.map(({ name }) => name))];
    const changed = names.filter((name) => after.get(name)?.length !== stored.get(name)?.length);
    const has = ({ name, pattern }: Permit) => stored.get(name)?.includes(pattern) === true;
    return {
      users: [],
      tokens: [],
      permits: changed.map((name) => rowOf(context, call, tenant, name, after.get(name) ?? [])),
      audit: names.map((name) => {
        const added = permits.filter((permit) => permit.name === name && !has(permit)).map(({ pattern }) => pattern);
        const about = { key: name, count: added.length, names: added, isChange: changed.includes(name) };
        return { action, decision: "allowed", rule: "admin", ...about } as const;
      }),
      result: permits.map((permit) => ({ permit, isNew: !has(permit) })),
    };
  });
}

/** Permits in their canonical form, each once. Throws INVALID_FIELD and LIMIT_EXCEEDED. */
export function checkPermits(permits: readonly Permit[], field = "permits"): readonly Permit[] {
  if (permits.length === 0) throwAny([{ reason: "INVALID_FIELD", message: `${field} must not be empty`, field }]);
  checkBatchSize(field, permits);
  throwAny(permits.flatMap((permit, index) => permitFailures(permit, index, field)));
  const known = new Map<string, Permit>();
  for (const { name, pattern } of permits) {
    const permit = { name, pattern: pattern.replace(/\*+/g, "*") };
    known.set(`${permit.name} ${permit.pattern}`, permit);
  }
  return [...known.values()];
}

function permitFailures({ name, pattern }: Permit, index: number, field: string): Failure[] {
  const named = slugProblem(name);
  const glob = pattern === "" ? { rule: "must be a pattern, such as 'prod/web/*'" } : globProblem(pattern);
  return [
    ...(named === undefined ? [] : [nameFailure(`${field}[${index}].name`, index, named)]),
    ...(glob === undefined ? [] : [nameFailure(`${field}[${index}].pattern`, index, glob)]),
  ];
}

/** Why a tenant must not have these permits: too many of one name, or in all. */
export function countFailures(permits: ReadonlyMap<string, readonly string[]>): readonly Failure[] {
  const field = "permits";
  for (const [name, patterns] of permits) {
    const [limit, actual] = [limits.permitsOfName, patterns.length];
    const message = `${name} would have ${actual} permits; one name has at most ${limit}: use a wider pattern`;
    if (actual > limit) return [{ reason: "LIMIT_EXCEEDED", message, field, key: name, limit, actual }];
  }
  const [limit, actual] = [limits.permitsOfTenant, [...permits.values()].flat().length];
  const message = `the tenant would have ${actual} permits; it has at most ${limit}`;
  return actual > limit ? [{ reason: "LIMIT_EXCEEDED", message, field, limit, actual }] : [];
}

/** What each name is permitted, as far as rows say. */
export function patternsByName(
  rows: readonly Pick<PermitFields, "name" | "patterns">[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(rows.map(({ name, patterns }) => [name, patterns]));
}

export function rowOf(
  context: Pick<IdentityContext, "now">,
  { caller }: IdentityCall,
  tenant: string,
  name: string,
  patterns: readonly string[],
): PermitFields {
  return { tenant, name, patterns, updatedAtMs: context.now(), updatedBy: caller.slug };
}

export function sorted(patterns: readonly string[]): readonly string[] {
  return [...new Set(patterns)].sort(compareBytes);
}
