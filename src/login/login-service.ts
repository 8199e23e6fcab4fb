import type { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import type { GuardedImpl } from "../rpc/guarded-impl.ts";
import type { LoginContext } from "./login-context.ts";
import { logoutUrlOf } from "./logout-url.ts";
import { createPasskeyMethods } from "./passkey-methods.ts";
import type { PeopleContext } from "./people-context.ts";
import { createProviderMethods } from "./provider-methods.ts";
import { createSessionMethods } from "./session-methods.ts";

/** What a person calls who has not signed in yet. */
export const publicLoginMethods = [
  "listLoginMethods",
  "beginLogin",
  "finishLogin",
  "openSession",
  "beginPasskeyLogin",
  "finishPasskeyLogin",
  "beginInvitation",
  "acceptInvitation",
] as const;

/** Puts together the methods of LoginService, which people call who have no token yet. */
export function createLoginService(
  context: LoginContext,
  people: PeopleContext,
): GuardedImpl<typeof LoginService, (typeof publicLoginMethods)[number]> {
  const sessions = createSessionMethods(context);
  return {
    ...sessions,
    async endSession(request, call, handlerContext) {
      const place = context.places.placeOf({ host: handlerContext.requestHeader.get("host") ?? undefined });
      const answer = await sessions.endSession(request, call, handlerContext);
      const logoutUrl = request.slug === "" ? await logoutUrlOf(people, call.caller, place) : "";
      return { ...answer, logoutUrl };
    },
    ...createProviderMethods(people),
    ...createPasskeyMethods(context),
  };
}
