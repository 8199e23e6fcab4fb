import { durationMs } from "@bufbuild/protobuf/wkt";
import { LoginMethodKind, type LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { getSender, type Sender } from "../http/call/call.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Caller } from "../rules/caller.ts";
import type { GrantInput } from "../rules/grants.ts";
import { beingBuilt } from "./being-built.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { describeCaller } from "./who-am-i.ts";

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

/** How people log in at a provider. The room `login` does it. */
export interface ProviderLogins {
  methods(): readonly { readonly id: string; readonly name: string }[];
  /** The longest session that a method gives. */
  readonly sessionMs: number;
  readonly isDeviceLogin: boolean;
  begin(sender: Sender, request: BeginRequest): Promise<Begun>;
  finish(sender: Sender, request: FinishRequest): Promise<{ readonly secret: string; readonly caller: Caller }>;
}

export interface BeginRequest {
  readonly challenge: string;
  readonly loopbackPort: number;
  readonly client: string;
  readonly method: string;
  readonly sessionMs: number | undefined;
  readonly grants: readonly GrantInput[];
}

export interface Begun {
  readonly loginId: string;
  readonly url: string;
  /** "" unless a code is typed. */
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

export interface FinishRequest {
  readonly loginId: string;
  readonly verifier: string;
  readonly code: string;
}

/** Translates LoginService between the contract and the domain, and decides nothing. */
export function createLoginService(
  context: IdentityContext,
  logins: ProviderLogins,
): GuardedImpl<typeof LoginService, (typeof publicLoginMethods)[number]> {
  return {
    async listLoginMethods() {
      const methods = logins.methods().map(({ id, name }) => ({ id, name, kind: LoginMethodKind.OIDC }));
      return { methods, sessionSeconds: logins.sessionMs / 1000, deviceLogin: logins.isDeviceLogin };
    },
    async beginLogin({ challenge, loopbackPort, client, method, session, grants }, { values }) {
      const sessionMs = session === undefined ? undefined : durationMs(session);
      const request = { challenge, loopbackPort, client, method, sessionMs, grants };
      const begun = await logins.begin(getSender(values), request);
      const { loginId, url, userCode, expiresInSeconds, intervalSeconds } = begun;
      return { loginId, url, userCode, expiresIn: expiresInSeconds, interval: intervalSeconds };
    },
    async finishLogin({ loginId, verifier, code }, { values }) {
      const { secret, caller } = await logins.finish(getSender(values), { loginId, verifier, code });
      return { token: secret, who: await describeCaller(context, caller) };
    },
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
