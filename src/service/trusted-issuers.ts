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
  { issuersFile, mustBeClosed = true }: Config,
): Promise<Trust | undefined> {
  if (issuersFile === undefined) return undefined;
  const { openTrust } = await import("../identity/trust.ts");
  return naming(issuersFile, () =>
    openTrust(
      context,
      issuersFile,
      ({ issuer }, error) => log("error", `the keys of the issuer ${issuer} could not be loaded`, error),
      mustBeClosed,
    ),
  );
}

/**
 * Has the file of issuers read again on a signal, and not while someone edits it. `forget` is called once another file
 * is in use: what the former one allowed must not be cached.
 */
export function followIssuers(follower: Follower, { issuersFile }: Config, trust: Trust, forget: () => void): void {
  if (issuersFile === undefined) return;
  follower.add({
    name: "file of issuers",
    when: "signal",
    load: async () => {
      const use = await naming(issuersFile, () => trust.reload());
      return (
        use &&
        (() => {
          use();
          forget();
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
