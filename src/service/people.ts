import type { Config } from "../config/config.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Trust } from "../identity/trust.ts";
import { log } from "../log/log.ts";
import { createLogins, type Logins } from "../login/logins.ts";
import { createSite } from "../login/site.ts";

export interface PeopleOptions {
  readonly config: Config;
  readonly identity: IdentityContext;
  readonly trust: Trust | undefined;
  readonly monotonicMs: () => number;
  readonly onRefused: (peer: string) => void;
  /** Known once the service listens. */
  readonly port: () => number;
}

/** How people log in. Without providers in the file of issuers, the pages and methods say so. */
export function letPeopleLogIn({ config, identity, trust, monotonicMs, onRefused, port }: PeopleOptions): Logins {
  const { publicUrl, isLoopback, tls, deviceLogin = true } = config;
  return createLogins({
    identity,
    site: createSite({ publicUrl, isLoopback, isTls: tls !== undefined, port }),
    providers: () => trust?.providers ?? [],
    isDeviceLogin: deviceLogin,
    consolePath: "/console/",
    monotonicMs,
    log: (message, error) => log("error", message, error),
    onRefused,
  });
}
