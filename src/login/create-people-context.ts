import { createRateLimit } from "../admission/rate-limit.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import type { LoginContext } from "./login-context.ts";
import { createSteps } from "./named-steps.ts";
import type { PeopleContext } from "./people-context.ts";
import { createProviderClients } from "./providers.ts";

export interface PeopleOptions {
  readonly identity: LoginContext;
  readonly providers: () => readonly LoginProvider[];
  readonly isDeviceLogin: boolean;
  readonly consolePath: string | undefined;
  readonly monotonicMs: () => number;
  /** Processes that count on their own and share the limits. Default: one. */
  readonly workers?: number | undefined;
  readonly log: (message: string, error?: unknown) => void;
}

/** Five wrong codes of an address in ten minutes: then the next one has to wait. */
const wrongCodes = { burst: 5, windowMs: 600_000 } as const;
const badLogoutsPerMinute = 20;

/** Everything with which people log in at providers. */
export function createPeopleContext(options: PeopleOptions): PeopleContext {
  const { identity, providers, monotonicMs, log, workers = 1 } = options;
  const share = (limit: number) => Math.max(1, Math.floor(limit / workers));
  const onFailure = ({ name }: LoginProvider, error: unknown) =>
    log(`the login provider ${name} cannot be used`, error);
  return {
    identity,
    providers,
    clientOf: createProviderClients({ providers, now: identity.now, onFailure }),
    approvals: createSteps(identity, "approval"),
    terminals: createSteps(identity, "terminal"),
    userCodes: createSteps(identity, "user-code"),
    rechecks: createSteps(identity, "recheck", true),
    isDeviceLogin: options.isDeviceLogin,
    wrongCodes: createRateLimit(share(wrongCodes.burst), monotonicMs, wrongCodes.windowMs),
    badLogouts: createRateLimit(share(badLogoutsPerMinute), monotonicMs),
    consolePath: options.consolePath,
    log,
  };
}
