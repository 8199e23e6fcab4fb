import { hash, randomBytes } from "node:crypto";
import { isSameBytes } from "../crypto/same-bytes.ts";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuse } from "../rules/decision-record.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { Passkeys } from "../store/identity-rows.ts";
import { changeIdentities, type IdentityContext, requireUserManager, tenantOf } from "./directory.ts";
import { isUnused } from "./invitation.ts";
import { requireLiveUser } from "./named-user.ts";
import { refuseManaged } from "./passkeys.ts";
import type { UserFields } from "./rows.ts";

export interface Invited {
  /** Names the user, so that a guess at one invitation is not a guess at all of them. Its secret has 256 bits. */
  readonly code: string;
  /** The code is in the fragment, which browsers never send. */
  readonly url: string;
  readonly endAtMs: number;
}

const action = "user.invite";

/** Makes a link with which a user makes a passkey, once. It replaces an earlier one. Only its hash is stored. */
export async function inviteUser(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly slug: string; readonly tenant: string },
): Promise<Invited> {
  const { slug } = request;
  requireWellFormed("slug", slugProblem(slug));
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  const origin = context.passkeyOrigin?.();
  if (origin === undefined) throw await refuse(context, call, action, [noPasskeys()]);
  const secret = randomBytes(32).toString("base64url");
  return changeIdentities(context, call, tenant, async () => {
    const user = await requireLiveUser(context, call, action, { tenant, slug, what: "invite" });
    await refuseManaged(context, call, action, user);
    const endAtMs = context.now() + limits.invitationMs;
    const { handle, keys } = user.passkeys ?? { handle: newHandle(), keys: [] };
    const passkeys: Passkeys = { handle, keys, invitation: { hash: hash("sha256", secret, "base64url"), endAtMs } };
    const code = `${tenant}_${slug}_${secret}`;
    return {
      users: [{ ...user, passkeys, updatedAtMs: context.now(), updatedBy: call.caller.slug }],
      tokens: [],
      audit: [{ action, decision: "allowed", rule: "admin", key: slug }],
      keepsRights: true,
      result: { code, url: `${origin}/login/invite#${code}`, endAtMs },
    };
  });
}

/** What an invitation names. Undefined for a text that cannot be one. */
export function readInvitationCode(
  code: string,
): { readonly tenant: string; readonly slug: string; readonly secret: string } | undefined {
  const [, tenant = "", slug = "", secret = ""] = /^([^_]+)_([^_]+)_([A-Za-z0-9_-]{43})$/.exec(code) ?? [];
  if (slugProblem(tenant) !== undefined || slugProblem(slug) !== undefined) return undefined;
  return { tenant, slug, secret };
}

/** Whether this is the secret of the invitation that a user has now. */
export function isInvitedBy(user: UserFields, secret: string, nowMs: number): boolean {
  const invitation = user.passkeys?.invitation;
  if (!isUnused(invitation) || user.removed || invitation.endAtMs <= nowMs) return false;
  const [given, known] = [hash("sha256", secret, "buffer"), Buffer.from(invitation.hash, "base64url")];
  return isSameBytes(given, known);
}

/** What authenticators call a user. It says nothing about them. */
export function newHandle(): string {
  return randomBytes(32).toString("base64url");
}

/** The failure of everything about passkeys where browsers do not have them. */
export function noPasskeys() {
  const message =
    "there are no passkeys at this address: they need SECRET_SVC_URL with a host name and https, or a service that listens on loopback";
  return { reason: "LOGIN_UNAVAILABLE", message } as const;
}

/** The error for an invitation that cannot be used. It does not say why: the caller may be a stranger. */
export function invitationOver(): SecretError {
  const message = "this invitation was used or replaced, or has expired; ask an admin for another one";
  return new SecretError({ reason: "LOGIN_EXPIRED", message });
}
