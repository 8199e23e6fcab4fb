import type { IdentityCall } from "../rules/caller.ts";
import { refuse } from "../rules/decision-record.ts";
import type { IdentityContext } from "./directory.ts";
import type { UserFields } from "./rows.ts";

type Users = ReadonlyMap<string, UserFields>;

/**
 * Throws when a tenant would lose its last admin: no one in it could manage it and its secrets any more. Admins of a
 * login provider do not count: otherwise this rule could keep a login from taking the flag away.
 */
export async function refuseWithoutAdmin(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  tenant: string,
  before: Users,
  after: Users,
): Promise<void> {
  const hasAdmin = (users: Users) =>
    [...users.values()].some((user) => user.admin && !user.removed && user.login === undefined);
  if (!hasAdmin(before) || hasAdmin(after)) return;
  const message = `the last admin of ${tenant} must remain; make another user admin first`;
  throw await refuse(context, call, action, [{ reason: "LAST_ADMIN", message }]);
}
