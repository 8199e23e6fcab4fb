import type { Invitation } from "../store/identity-rows.ts";

/** What is known of the newest invitation of a user. */
export interface InvitationState {
  /** When it ends or has ended. Undefined once it was used. */
  readonly endAtMs?: number;
  /** Undefined while it was not used. */
  readonly usedAtMs?: number;
}

/** No text has this hash, so no one gets in by it. */
const noHash = "";

/** What stays of an invitation that was used: when that was. */
export function usedInvitation(nowMs: number): Invitation {
  return { hash: noHash, endAtMs: nowMs };
}

export function isUnused(invitation: Invitation | undefined): invitation is Invitation {
  return invitation !== undefined && invitation.hash !== noHash;
}

export function invitationState(invitation: Invitation | undefined): InvitationState {
  if (invitation === undefined) return {};
  const { endAtMs } = invitation;
  return isUnused(invitation) ? { endAtMs } : { usedAtMs: endAtMs };
}
