import { randomBytes } from "node:crypto";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { auditRecord, refuse } from "../rules/decision-record.ts";
import type { Passkey } from "../store/identity-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
import { changeIdentities, type IdentityContext, loadTokens } from "./directory.ts";
import { isLive } from "./end-issued.ts";
import { isUnused, usedInvitation } from "./invitation.ts";
import { requireLiveUser, userOf } from "./named-user.ts";
import { endRecord, sessionsUnder } from "./revoke-token.ts";
import type { UserFields } from "./rows.ts";

const idForm = /^pky_[0-9a-f]{20}$/;

/** Whether a name is that of a passkey, not of a token. */
export function isPasskeyId(text: string): boolean {
  return idForm.test(text);
}

/** A passkey that was made and verified. */
export type MadePasskey = Pick<Passkey, "credential" | "publicKey" | "counter" | "name">;

interface Whose {
  /** "" for the caller. */
  readonly slug: string;
  readonly tenant: string;
}

/** The passkeys of the caller or, for an admin, those of any user, ordered by id. */
export async function listPasskeys(
  context: IdentityContext,
  call: IdentityCall,
  request: Whose,
): Promise<readonly (Passkey & { readonly slug: string })[]> {
  const action = "user.passkey-list";
  const { tenant, slug, rule } = await ownerOf(context, call, action, request);
  const { passkeys } = await requireLiveUser(context, call, action, { tenant, slug, what: "list the passkeys of" });
  const keys = passkeys?.keys ?? [];
  const entry = { action, decision: "allowed", rule, key: slug, count: keys.length } as const;
  await context.accessLog.record([{ ...auditRecord(call, context.now(), entry), tenant }]);
  return keys.map((key) => ({ ...key, slug })).sort((a, b) => compareBytes(a.id, b.id));
}

/** Stands for the invitation of a user in the place of a passkey's id. */
const invitationId = "invitation";

/**
 * Removes a passkey of the caller or, for an admin, of any user, and ends the sessions that began with it. With the id
 * `invitation` it takes back the invitation of the user.
 */
export async function removePasskey(
  context: IdentityContext,
  call: IdentityCall,
  request: Whose & { readonly id: string },
): Promise<Passkey & { readonly slug: string }> {
  const action = "user.passkey-remove";
  const { id } = request;
  const { tenant, slug, rule } = await ownerOf(context, call, action, request);
  return changeIdentities(context, call, tenant, async () => {
    const user = await requireLiveUser(context, call, action, { tenant, slug, what: "remove a passkey of" });
    const { handle, keys, invitation } = user.passkeys ?? { handle: "", keys: [] };
    const isInvitation = id === invitationId && isUnused(invitation);
    const key = isInvitation ? invitationKey : keys.find((each) => each.id === id);
    if (key === undefined) {
      const message = `${slug} has no ${id === invitationId ? id : `passkey ${id}`}`;
      throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key: slug, field: "id" }]);
    }
    const rest = keys.filter((each) => each !== key);
    const nowMs = context.now();
    const ended = await liveSessionsFrom(context, tenant, slug, [id]);
    return {
      users: [
        {
          ...user,
          passkeys: { handle, keys: rest, ...(isInvitation ? {} : invitation && { invitation }) },
          updatedAtMs: nowMs,
          updatedBy: call.caller.slug,
        },
      ],
      tokens: ended.map((token) => ({ ...token, revokedAtMs: nowMs })),
      audit: [
        { action, decision: "allowed", rule, key: slug, names: [id] },
        ...ended.map((token) => endRecord(token, "passkey-removed")),
      ],
      keepsRights: true,
      result: { ...key, slug },
    };
  });
}

const invitationKey: Passkey = {
  id: invitationId,
  credential: "",
  publicKey: "",
  counter: 0,
  name: invitationId,
  createdAtMs: 0,
};

interface Adding {
  readonly tenant: string;
  readonly slug: string;
  /** As the authenticator knows the user. */
  readonly handle: string;
  readonly made: MadePasskey;
  /** How the person showed who they are: `own-passkey` or `invitation`. */
  readonly rule: string;
  /** Checks what has to hold in the commit also. It throws. */
  readonly check?: (user: UserFields) => void;
}

/**
 * Gives a user a passkey. With an invitation, it is used up. Throws MANAGED_BY_LOGIN, QUOTA_EXCEEDED and NAME_TAKEN.
 */
export async function addPasskey(
  context: IdentityContext,
  call: IdentityCall,
  { tenant, slug, handle, made, rule, check }: Adding,
): Promise<Passkey & { readonly slug: string }> {
  const action = "user.passkey-create";
  const id = `pky_${randomBytes(10).toString("hex")}`;
  return changeIdentities(context, call, tenant, async () => {
    const user = await requireLiveUser(context, call, action, { tenant, slug, what: "add a passkey to" });
    check?.(user);
    await refuseManaged(context, call, action, user);
    const { handle: known, keys, invitation } = user.passkeys ?? { handle, keys: [] };
    if (known !== handle) {
      const message = "another passkey was made at the same time; begin again";
      throw new SecretError({ reason: "LOGIN_EXPIRED", message });
    }
    if (keys.some(({ credential }) => credential === made.credential)) {
      const message = "this passkey is there already";
      throw await refuse(context, call, action, [{ reason: "NAME_TAKEN", message, key: slug, field: "credential" }]);
    }
    if (keys.length >= limits.passkeys) {
      const message = `${slug} has ${keys.length} passkeys, and may have ${limits.passkeys}: remove one first`;
      const sizes = { limit: limits.passkeys, actual: keys.length + 1 };
      throw await refuse(context, call, action, [{ reason: "QUOTA_EXCEEDED", message, key: slug, ...sizes }]);
    }
    const nowMs = context.now();
    const passkey: Passkey = { id, ...made, createdAtMs: nowMs };
    const left = rule === "invitation" ? usedInvitation(nowMs) : invitation;
    const passkeys = { handle, keys: [...keys, passkey], ...(left && { invitation: left }) };
    return {
      users: [{ ...user, passkeys, updatedAtMs: nowMs, updatedBy: slug }],
      tokens: [],
      audit: [{ action, decision: "allowed", rule, key: slug, names: [id] }],
      keepsRights: true,
      result: { ...passkey, slug },
    };
  });
}

/** Live sessions that began with one of these passkeys, or with such a session. */
export async function liveSessionsFrom(context: IdentityContext, tenant: string, slug: string, ids: readonly string[]) {
  const nowMs = context.now();
  const { tokens } = await loadTokens(context, tenant, slug);
  return sessionsUnder(tokens, ids).filter((token) => isLive(token, nowMs));
}

/** A user of a provider must not get in without it: the provider decides who has left. */
export async function refuseManaged(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  { slug, login }: Pick<UserFields, "slug" | "login">,
): Promise<void> {
  if (login === undefined) return;
  const message = `${slug} logs in at ${login.issuer}, and has no passkeys`;
  throw await refuse(context, call, action, [{ reason: "MANAGED_BY_LOGIN", message, key: slug, field: "slug" }]);
}

async function ownerOf(context: IdentityContext, call: IdentityCall, action: string, request: Whose) {
  const { isOwn, ...user } = await userOf(context, call, action, request);
  return { ...user, rule: isOwn ? "own-passkey" : "admin" };
}
