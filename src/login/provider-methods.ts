import { durationMs } from "@bufbuild/protobuf/wkt";
import { LoginMethodKind, type LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { limits } from "../limits.ts";
import type { GuardedImpl } from "../rpc/guarded-impl.ts";
import { toWhoAmIMessage } from "../rpc/whoami-message.ts";
import { isWherePasskeysAre, passkeyId, passkeyOriginOf } from "./passkey-method.ts";
import type { PeopleContext } from "./people-context.ts";
import { visitOf } from "./session-methods.ts";
import { beginTerminalLogin, finishTerminalLogin } from "./terminal.ts";

type Public = "listLoginMethods" | "beginLogin" | "finishLogin";

/** Logins at providers: what there is, and those of terminals. */
export function createProviderMethods(context: PeopleContext): Pick<GuardedImpl<typeof LoginService, Public>, Public> {
  const { identity, providers, isDeviceLogin } = context;
  return {
    async listLoginMethods(_request, handlerContext) {
      const { peer, headers } = visitOf(handlerContext);
      identity.admitVisit(peer);
      const ofProviders = providers().map(({ id, name }) => ({ id, name, kind: LoginMethodKind.OIDC }));
      const passkeyUrl = await passkeyOriginOf(identity);
      const offersPasskey = passkeyUrl !== undefined && isWherePasskeysAre(identity, headers);
      const methods = offersPasskey ? [...ofProviders, passkeyMethod] : ofProviders;
      const lengths = providers().map(({ sessionMs }) => sessionMs);
      const sessionMs = lengths.length === 0 ? limits.sessionMs : Math.max(...lengths);
      const deviceLogin = isDeviceLogin && methods.length > 0;
      return { methods, sessionSeconds: sessionMs / 1000, deviceLogin, passkeyUrl: passkeyUrl ?? "" };
    },
    async beginLogin({ challenge, loopbackPort, client, method, session, grants }, handlerContext) {
      const sessionMs = session === undefined ? undefined : durationMs(session);
      const request = { challenge, loopbackPort, client, method, sessionMs, grants };
      const begun = await beginTerminalLogin(context, visitOf(handlerContext), request);
      const { loginId, url, userCode, expiresInSeconds, intervalSeconds } = begun;
      return { loginId, url, userCode, expiresIn: expiresInSeconds, interval: intervalSeconds };
    },
    async finishLogin({ loginId, verifier, code }, handlerContext) {
      const { secret, caller } = await finishTerminalLogin(context, visitOf(handlerContext), {
        loginId,
        verifier,
        code,
      });
      return { token: secret, who: await toWhoAmIMessage(identity, caller) };
    },
  };
}

const passkeyMethod = { id: passkeyId, name: "a passkey", kind: LoginMethodKind.PASSKEY } as const;
