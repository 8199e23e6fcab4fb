import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Follower } from "../files/follow-files.ts";
import type { Trust } from "../identity/trust.ts";
import { log } from "../log/log.ts";
import type { Context } from "../rules/context.ts";

/**
 * The issuers whose JWTs are accepted. The code is loaded only when used, like the driver of MongoDB. Throws
 * `ConfigError`.
 */
export async function findTrust(
  context: Context,
  { issuersFile, mustBeClosed = true, tls }: Config,
): Promise<Trust | undefined> {
  if (issuersFile === undefined) return undefined;
  const { openTrust } = await import("../identity/trust.ts");
  const trust = await naming(issuersFile, () =>
    openTrust(
      context,
      issuersFile,
      ({ issuer }, error) => log("error", `the keys of the issuer ${issuer} could not be loaded`, error),
      mustBeClosed,
    ),
  );
  if (trust.needsTls && tls === undefined) throw new ConfigError(needsTls(issuersFile));
  return trust;
}

function needsTls(issuersFile: string): string {
  return `SECRET_SVC_ISSUERS: ${issuersFile}: clients show certificates in TLS only: set SECRET_SVC_TLS_CERT`;
}

/**
 * Has the file of issuers read again on a signal, and not while someone edits it; and every few seconds the files with
 * authorities of clients, which programs write. `changed` is called once another file is in use: what the former one
 * allowed must not be cached.
 */
export function followIssuers(follower: Follower, { issuersFile, tls }: Config, trust: Trust, changed: () => void) {
  if (issuersFile === undefined) return;
  follower.add({
    name: "file of client authorities",
    when: "change",
    load: async () => {
      const { isChanged, problem } = await trust.reloadAuthorities();
      if (isChanged) changed();
      if (problem !== undefined) await naming(issuersFile, () => Promise.reject(problem));
      return isChanged ? () => {} : undefined;
    },
  });
  follower.add({
    name: "file of issuers",
    when: "signal",
    load: async () => {
      const use = await naming(issuersFile, () => trust.reload());
      return (
        use &&
        (() => {
          use();
          changed();
          if (trust.needsTls && tls === undefined) log("error", needsTls(issuersFile));
        })
      );
    },
  });
}

async function naming<T>(issuersFile: string, read: () => Promise<T>): Promise<T> {
  const { IssuerFileError } = await import("../jwt/issuer-fields.ts");
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof IssuerFileError)) throw error;
    throw new ConfigError(`SECRET_SVC_ISSUERS: ${issuersFile}: ${error.message}`);
  }
}
