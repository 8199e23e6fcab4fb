import { networkOf } from "../admission/admission.ts";
import { createRateLimit } from "../admission/rate-limit.ts";
import type { Pages } from "../http/call/routes.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import { limits } from "../limits.ts";
import type { ProviderLogins } from "../rpc/login-service.ts";
import { loginPages } from "./browser-login.ts";
import { createSteps } from "./named-steps.ts";
import type { PeopleContext, Site } from "./people-context.ts";
import { createProviderClients } from "./providers.ts";
import { beginTerminalLogin, finishTerminalLogin } from "./terminal.ts";

export interface LoginsOptions {
  readonly identity: IdentityContext;
  readonly site: Site;
  readonly providers: () => readonly LoginProvider[];
  readonly isDeviceLogin: boolean;
  readonly consolePath: string | undefined;
  readonly monotonicMs: () => number;
  readonly log: (message: string, error?: unknown) => void;
  /** Counts a wrong verifier or code as a failed authentication. */
  readonly onRefused: (peer: string) => void;
}

export interface Logins {
  readonly context: PeopleContext;
  readonly pages: Pages;
  readonly calls: ProviderLogins;
}

const beginningsPerMinute = 20;
/** Five in ten minutes. */
const wrongCodes = { burst: 5, windowMs: 600_000 } as const;

/** Everything with which people log in. */
export function createLogins(options: LoginsOptions): Logins {
  const { identity, site, providers, isDeviceLogin, consolePath, monotonicMs, log, onRefused } = options;
  const onFailure = ({ name }: LoginProvider, error: unknown) =>
    log(`the login provider ${name} cannot be used`, error);
  const context: PeopleContext = {
    identity,
    site,
    providers,
    clientOf: createProviderClients({ providers, now: identity.now, onFailure }),
    claims: createSteps(identity, "claim"),
    approvals: createSteps(identity, "approval"),
    terminals: createSteps(identity, "terminal"),
    userCodes: createSteps(identity, "user-code"),
    logouts: createSteps(identity, "logout"),
    rechecks: createSteps(identity, "recheck"),
    isDeviceLogin,
    beginnings: createRateLimit(beginningsPerMinute, monotonicMs),
    wrongCodes: createRateLimit(wrongCodes.burst, monotonicMs, wrongCodes.windowMs),
    badLogouts: createRateLimit(beginningsPerMinute, monotonicMs),
    consolePath,
    log,
  };
  return {
    context,
    pages: loginPages(context),
    calls: {
      methods: () => (site.isUsable ? providers() : []),
      get sessionMs() {
        return Math.max(
          ...providers().map(({ sessionMs }) => sessionMs),
          providers().length === 0 ? limits.sessionMs : 0,
        );
      },
      isDeviceLogin,
      begin: (sender, request) => beginTerminalLogin(context, sender, request),
      finish: (sender, request) =>
        finishTerminalLogin(context, sender, request, () => onRefused(networkOf(sender.peer))),
    },
  };
}
