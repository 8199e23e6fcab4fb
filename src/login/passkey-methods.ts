import type { HandlerContext } from "@connectrpc/connect";
import type { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretError } from "../error.ts";
import { noPasskeys } from "../identity/invite-user.ts";
import { listPasskeys, removePasskey } from "../identity/passkeys.ts";
import type { GuardedImpl } from "../rpc/guarded-impl.ts";
import { toTimestamp } from "../rpc/wire/timestamp.ts";
import type { Passkey } from "../store/identity-rows.ts";
import type { PasskeyPlace } from "./host.ts";
import type { LoginContext } from "./login-context.ts";
import { createSteps } from "./named-steps.ts";
import { readPasskeyFields, requireLoginCode } from "./passkey-fields.ts";
import { beginPasskeyLogin, finishPasskeyLogin, type SignInAsked } from "./passkey-login.ts";
import {
  acceptInvitation,
  beginInvitation,
  beginRegistration,
  finishRegistration,
  type MakingAsked,
} from "./passkey-making.ts";
import { visitOf } from "./session-methods.ts";

type Public = "beginPasskeyLogin" | "finishPasskeyLogin" | "beginInvitation" | "acceptInvitation";
type Own = "beginPasskeyRegistration" | "finishPasskeyRegistration" | "listPasskeys" | "removePasskey";

/** Passkeys and invitations. */
export function createPasskeyMethods(
  context: LoginContext,
): Pick<GuardedImpl<typeof LoginService, Public>, Public | Own> {
  const logins = createSteps<SignInAsked>(context, "passkey-login");
  const makings = createSteps<MakingAsked>(context, "passkey-making");
  const admitted = (handlerContext: HandlerContext) => {
    const visit = visitOf(handlerContext);
    context.admitVisit(visit.peer);
    return visit;
  };
  return {
    async beginPasskeyLogin(_request, handlerContext) {
      admitted(handlerContext);
      return beginPasskeyLogin(context, logins, requirePlace(context));
    },
    async finishPasskeyLogin({ challengeId, credential }, handlerContext) {
      const { answer } = readPasskeyFields({ challengeId, credential });
      const visit = admitted(handlerContext);
      const given = { place: requirePlace(context), challengeId, answer };
      return { handoff: await finishPasskeyLogin(context, logins, visit, given) };
    },
    beginPasskeyRegistration: (_request, call) => beginRegistration(context, makings, call, requirePlace(context)),
    async finishPasskeyRegistration({ challengeId, credential, name }, call) {
      const fields = readPasskeyFields({ challengeId, credential, name });
      const given = { place: requirePlace(context), challengeId, ...fields };
      return { passkey: toWirePasskey(await finishRegistration(context, makings, call, given)) };
    },
    async beginInvitation({ invitation }, handlerContext) {
      requireLoginCode("invitation", invitation);
      const visit = admitted(handlerContext);
      return beginInvitation(context, makings, visit, { place: requirePlace(context), invitation });
    },
    async acceptInvitation({ invitation, challengeId, credential, name }, handlerContext) {
      const fields = readPasskeyFields({ challengeId, credential, name, invitation });
      const visit = admitted(handlerContext);
      const given = { place: requirePlace(context), invitation, challengeId, ...fields };
      return { handoff: await acceptInvitation(context, makings, visit, given) };
    },
    async listPasskeys({ slug, tenant }, call) {
      return { passkeys: (await listPasskeys(context, call, { slug, tenant })).map(toWirePasskey) };
    },
    async removePasskey({ id, slug, tenant }, call) {
      requireLoginCode("id", id);
      return { passkey: toWirePasskey(await removePasskey(context, call, { id, slug, tenant })) };
    },
  };
}

function requirePlace({ places }: LoginContext): PasskeyPlace {
  if (places.passkeys === undefined) throw new SecretError(noPasskeys());
  return places.passkeys;
}

function toWirePasskey({ id, slug, name, createdAtMs }: Passkey & { readonly slug: string }) {
  return { id, slug, name, createdAt: toTimestamp(createdAtMs) };
}
