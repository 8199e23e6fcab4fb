import type { MessageInitShape } from "@bufbuild/protobuf";
import { CredentialKind, type WhoAmIResponseSchema } from "../../gen/secret/v1/identity_service_pb.ts";
import type { IdentityContext } from "../identity/directory.ts";
import { describeUsage } from "../identity/usage.ts";
import { type Caller, hasCertificate, isIssued } from "../rules/caller.ts";
import type { Grant } from "../rules/grants.ts";
import { toWireUsage } from "./quota-message.ts";
import { toTimestamp } from "./wire/timestamp.ts";

/** The caller as the service sees it. */
export async function toWhoAmIMessage(
  context: IdentityContext,
  caller: Caller,
): Promise<MessageInitShape<typeof WhoAmIResponseSchema>> {
  const { tenant, slug, roles, admin, operator, grants, tokenId, tokenExpireAtMs, displayName = "" } = caller;
  return {
    ...{ tenant, slug, roles: [...roles], admin, operator, tokenId, displayName },
    grants: grants.map(toWireGrant),
    ...(tokenExpireAtMs === 0 ? {} : { tokenExpireAt: toTimestamp(tokenExpireAtMs) }),
    credential: credentialOf(caller),
    serviceVersion: context.version,
    usage: toWireUsage(await describeUsage(context, tenant, slug)),
  };
}

export function toWireGrant({ action, keyPatterns }: Grant) {
  return { action, keyPatterns: [...keyPatterns] };
}

function credentialOf(caller: Caller): CredentialKind {
  if (hasCertificate(caller)) return CredentialKind.CERTIFICATE;
  if (isIssued(caller)) return CredentialKind.JWT;
  return caller.isSession === true ? CredentialKind.SESSION : CredentialKind.TOKEN;
}
