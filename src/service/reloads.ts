import { ConfigError } from "../config/config-error.ts";
import { TemporaryError } from "../config/temporary-error.ts";
import { readTlsPairAgain, standingOf, type TlsFiles, type TlsPair } from "../config/tls-pair.ts";
import { type Follower, followFiles } from "../files/follow-files.ts";
import { log } from "../log/log.ts";
import { StoreError } from "../store/store-error.ts";

/** Follows the files that the service reads again while it runs. What becomes of them is in the log. */
export function followSettings(): Follower {
  return followFiles({
    describe: (error) => (isForOperators(error) ? error.message : "it cannot be used"),
    onReload: (name) => log("info", `the ${name} was reloaded`),
    onProblem: (name, problem, error) => {
      const shown = isForOperators(error) ? undefined : error;
      log("error", `the ${name} could not be reloaded, and the former one stays in use: ${problem}`, shown);
    },
  });
}

/** Messages of other errors may quote a file. */
function isForOperators(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof TemporaryError || error instanceof StoreError;
}

const dayMs = 24 * 3600 * 1000;

/**
 * Follows the certificate of the service. Returns the one that is in use. `use` gives it to new connections. A new
 * certificate that is not valid now is not used. Logs that the certificate is about to expire, once a day.
 */
export function followCertificate(
  follower: Follower,
  start: TlsPair & TlsFiles,
  now: () => number,
  use: (pair: TlsPair) => void,
): { readonly current: TlsPair } {
  let current: TlsPair = start;
  let warned: { readonly standing: string; readonly atMs: number } | undefined;

  function warn(): void {
    const nowMs = now();
    const { standing, days } = standingOf(current, nowMs);
    if (warned?.standing === standing && nowMs - warned.atMs < dayMs) return;
    warned = { standing, atMs: nowMs };
    if (standing === "expired") log("error", "the TLS certificate has expired: clients refuse to connect");
    if (standing === "not-yet-valid") log("error", "the TLS certificate is not valid yet: clients refuse to connect");
    if (standing === "expiring") log("info", `the TLS certificate expires in ${days} ${days === 1 ? "day" : "days"}`);
  }

  follower.add({
    name: "TLS certificate",
    when: "change",
    load: async () => {
      warn();
      const found = await readTlsPairAgain(start);
      if (found.cert.equals(current.cert) && found.key.equals(current.key)) return undefined;
      const { standing } = standingOf(found, now());
      if (standing === "expired" || standing === "not-yet-valid") {
        throw new ConfigError(`SECRET_SVC_TLS_CERT: the certificate in ${start.certFile} is ${standingText[standing]}`);
      }
      return () => {
        use(found);
        current = found;
        warn();
      };
    },
  });
  warn();
  return {
    get current() {
      return current;
    },
  };
}

const standingText = { expired: "expired", "not-yet-valid": "not valid yet" } as const;
