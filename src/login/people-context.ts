import type { RateLimit } from "../admission/rate-limit.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import type { LoginContext } from "./login-context.ts";
import type { Steps } from "./named-steps.ts";
import type { ProviderClient } from "./provider.ts";
import type { Approver } from "./session-plan.ts";
import type { TerminalLogin } from "./terminal-login.ts";

/** A person who has come back from a provider, or has shown a passkey, and what the form that asks them needs. */
export interface Approval {
  /** Id of the login of the terminal. */
  readonly terminal: string;
  readonly who: Approver;
  /** In the form; the cookie has the other secret. */
  readonly value: string;
}

/** What logins work with. */
export interface PeopleContext {
  readonly identity: LoginContext;
  readonly providers: () => readonly LoginProvider[];
  /** The client of a provider; undefined when there is none with this id. */
  clientOf(id: string): ProviderClient | undefined;
  readonly approvals: Steps<Approval>;
  readonly terminals: Steps<TerminalLogin>;
  /** Codes that people type, to the id of the login. */
  readonly userCodes: Steps<string>;
  /** Sessions about which a provider was asked within the hour. */
  readonly rechecks: Steps<number>;
  /** Whether a terminal may log in with a code that a person types. */
  readonly isDeviceLogin: boolean;
  /** Of one address: wrong codes. */
  readonly wrongCodes: RateLimit;
  /** What is not a logout of a provider. */
  readonly badLogouts: RateLimit;
  /** Where a browser goes with its claim; undefined when there is no page for browsers. */
  readonly consolePath: string | undefined;
  readonly log: (message: string, error?: unknown) => void;
}
