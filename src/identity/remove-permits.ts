import type { Failure } from "../error.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuseAny } from "../rules/decision-record.ts";
import type { Permit } from "../rules/permits.ts";
import { changeIdentities, type IdentityContext, requireUserManager, tenantOf } from "./directory.ts";
import { loadPermits } from "./load-all-permits.ts";
import { checkPermits, type PermitRequest, patternsByName, rowOf } from "./save-permits.ts";

const action = "permit.remove";

/** Takes permits away: all of them, or none. What was created under them stays as it is. */
export async function removePermits(
  context: IdentityContext,
  call: IdentityCall,
  request: PermitRequest,
): Promise<readonly Permit[]> {
  const permits = checkPermits(request.permits);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  return changeIdentities(context, call, tenant, async () => {
    const { permits: rows, damaged } = await loadPermits(context, tenant);
    const stored = patternsByName(rows);
    const failures = permits.flatMap(({ name, pattern }, index): Failure[] => {
      if (stored.get(name)?.includes(pattern) === true || damaged.has(name)) return [];
      const message = `${name} has no permit for ${pattern}`;
      return [{ reason: "NOT_FOUND", message, index, key: name, field: `permits[${index}]` }];
    });
    await refuseAny(context, call, action, failures);
    const byName = [...Map.groupBy(permits, ({ name }) => name)].map(([name, gone]) => {
      const taken = gone.map(({ pattern }) => pattern);
      return { name, taken, left: (stored.get(name) ?? []).filter((pattern) => !taken.includes(pattern)) };
    });
    return {
      users: [],
      tokens: [],
      permits: byName.map(({ name, left }) => rowOf(context, call, tenant, name, left)),
      audit: byName.map(({ name, taken }) => {
        const filter = damaged.has(name) ? "damaged" : "";
        return { action, decision: "allowed", rule: "admin", key: name, count: taken.length, names: taken, filter };
      }),
      result: permits,
    };
  });
}
