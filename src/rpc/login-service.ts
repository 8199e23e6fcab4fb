import type { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { beingBuilt } from "./being-built.ts";
import type { GuardedImpl } from "./guarded-impl.ts";

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

/** Translates LoginService between the contract and the domain, and decides nothing. */
export function createLoginService(): GuardedImpl<typeof LoginService, (typeof publicLoginMethods)[number]> {
  return {
    async listLoginMethods() {
      return {};
    },
    beginLogin: beingBuilt,
    finishLogin: beingBuilt,
    openSession: beingBuilt,
    endSession: beingBuilt,
    createHandoff: beingBuilt,
    beginPasskeyLogin: beingBuilt,
    finishPasskeyLogin: beingBuilt,
    beginPasskeyRegistration: beingBuilt,
    finishPasskeyRegistration: beingBuilt,
    beginInvitation: beingBuilt,
    acceptInvitation: beingBuilt,
    listPasskeys: beingBuilt,
    removePasskey: beingBuilt,
  };
}
