import { CredentialKind } from "../../gen/secret/v1/identity_service_pb.ts";
import type { IdentityContext } from "../identity/directory.ts";
import { describeUsage } from "../identity/usage.ts";
import { type Caller, isIssued } from "../rules/caller.ts";
import type { Grant } from "../rules/grants.ts";
import { toWireUsage } from "./quota-message.ts";
import { toTimestamp } from "./wire/timestamp.ts";

/** WhoAmIResponse for a caller. */
export async function describeCaller(context: IdentityContext, caller: Caller) {
  const { tenant, slug, roles, admin, operator, grants, tokenId, tokenExpireAtMs } = caller;
  const expiry = tokenExpireAtMs === 0 ? {} : { tokenExpireAt: toTimestamp(tokenExpireAtMs) };
  const usage = toWireUsage(await describeUsage(context, tenant, slug));
  const shown = { tenant, slug, roles: [...roles], admin, operator, grants: grants.map(toWireGrant), tokenId };
  const { credential, displayName } = await describePerson(context, caller);
  return { ...shown, ...expiry, usage, credential, displayName, serviceVersion: context.version };
}

async function describePerson({ store }: IdentityContext, caller: Caller) {
  if (isIssued(caller)) return { credential: CredentialKind.JWT, displayName: "" };
  const { tenant, slug, tokenId } = caller;
  const [token, user] = await Promise.all([store.findToken(tenant, tokenId), store.findUser(tenant, slug)]);
  const credential = token?.session === undefined ? CredentialKind.TOKEN : CredentialKind.SESSION;
  return { credential, displayName: user?.login?.displayName ?? "" };
}

export function toWireGrant({ action, keyPatterns }: Grant) {
  return { action, keyPatterns: [...keyPatterns] };
}
