import { type Failure, SecretError } from "../error.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuseAny } from "../rules/decision-record.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { checkBatchSize, requireWellFormed } from "../rules/selection.ts";
import {
  changeIdentities,
  type IdentityContext,
  loadTokens,
  loadUsers,
  requireUserManager,
  revokedForDamage,
  tenantOf,
} from "./directory.ts";
import { refuseWithoutAdmin } from "./last-admin.ts";
import type { TokenFields, UserFields } from "./rows.ts";
import { rowOf } from "./save-permits.ts";

const action = "user.remove";

/** Removes users and revokes their tokens: all of them, or none. */
export async function removeUsers(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly slugs: readonly string[]; readonly tenant: string },
): Promise<{ readonly removed: readonly string[]; readonly tokensRevoked: number }> {
  const slugs = checkSlugs(request.slugs);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  return changeIdentities(context, call, tenant, async () => {
    const { users, damaged } = await loadUsers(context, tenant, slugs);
    const nowMs = context.now();
    const by = call.caller.slug;
    const failures: Failure[] = [];
    const removed = slugs.flatMap((slug, index): UserFields[] => {
      const user = users.get(slug) ?? asRemovable(damaged.get(slug), nowMs, by);
      const at = { index, key: slug, field: `slugs[${index}]` };
      if (user === undefined || user.removed) {
        failures.push({ reason: "NOT_FOUND", message: `there is no user ${slug}`, ...at });
        return [];
      }
      if (user.operator && !call.caller.operator) {
        failures.push({ reason: "OPERATOR_ONLY", message: `only an operator may remove the operator ${slug}`, ...at });
      }
      const { passkeys: _passkeys, ...rest } = user;
      return [{ ...rest, removed: true, admin: false, operator: false, roles: [], updatedAtMs: nowMs, updatedBy: by }];
    });
    await refuseAny(context, call, action, failures);
    const after = new Map<string, UserFields>(users);
    for (const user of removed) after.set(user.slug, user);
    await refuseWithoutAdmin(context, call, action, tenant, users, after);

    const tokens: TokenFields[] = [];
    for (const slug of slugs) {
      const found = await loadTokens(context, tenant, slug);
      for (const token of found.tokens) if (token.revokedAtMs === 0) tokens.push({ ...token, revokedAtMs: nowMs });
      for (const token of found.damaged) tokens.push(revokedForDamage(token, nowMs));
    }
    const held = (await context.store.findPermits(tenant, slugs)).filter(({ patterns }) => patterns.length > 0);
    return {
      users: removed,
      tokens,
      // A user who gets the slug later must not get them with it.
      permits: held.map(({ name }) => rowOf(context, call, tenant, name, [])),
      audit: [
        ...slugs.map((slug) => ({ action, decision: "allowed", rule: "admin", key: slug }) as const),
        ...held.map(({ name, patterns }) => {
          const about = { key: name, count: patterns.length, names: patterns };
          return { action: "permit.remove", decision: "allowed", rule: "user-removed", ...about } as const;
        }),
      ],
      result: { removed: slugs, tokensRevoked: tokens.length },
    };
  });
}

/** Of a row that does not verify, only the names are taken over, and whether an operator is needed. */
function asRemovable(row: UserFields | undefined, nowMs: number, by: string): UserFields | undefined {
  if (row === undefined) return undefined;
  const { tenant, slug, operator } = row;
  const times = { createdAtMs: nowMs, createdBy: by, updatedAtMs: nowMs, updatedBy: by };
  return { tenant, slug, operator, roles: [], admin: false, ...times, removed: false };
}

function checkSlugs(slugs: readonly string[]): readonly string[] {
  if (slugs.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "slugs must not be empty", field: "slugs" });
  }
  checkBatchSize("slugs", slugs);
  for (const [index, slug] of slugs.entries()) {
    requireWellFormed(`slugs[${index}]`, slugProblem(slug), index);
  }
  return [...new Set(slugs)];
}
