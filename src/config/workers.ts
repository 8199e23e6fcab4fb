import { availableParallelism } from "node:os";
import { limits } from "../limits.ts";
import { ConfigError } from "./config-error.ts";

/** What `readWorkers` has to know of the other settings. */
export interface OtherSettings {
  readonly mongoUri: string | undefined;
  readonly auditExport: string | undefined;
}

/**
 * How many processes serve the port: 1 without the setting, one for each core with `auto`. Throws `ConfigError`, also
 * for settings that cannot work with several: one that did nothing would be worse.
 */
export function readWorkers(text: string, other: OtherSettings, cores = availableParallelism()): number {
  const workers = countOf(text, cores);
  if (workers === 1) return 1;
  if (other.mongoUri === undefined) {
    throw new ConfigError(
      `SECRET_SVC_WORKERS is ${text}, and SECRET_SVC_STORE is the embedded store, which belongs to one process: set ` +
        "SECRET_SVC_WORKERS to 1, or use MongoDB",
    );
  }
  if (other.auditExport === "stdout" || other.auditExport === "stderr") {
    throw new ConfigError(
      `SECRET_SVC_AUDIT_EXPORT is ${other.auditExport}, and SECRET_SVC_WORKERS is ${text}: several processes would cut ` +
        "each other's lines there; set SECRET_SVC_AUDIT_EXPORT to the path of a file, or SECRET_SVC_WORKERS to 1",
    );
  }
  return workers;
}

function countOf(text: string, cores: number): number {
  if (text === "") return 1;
  if (text === "auto") return Math.min(Math.max(cores, 1), limits.workers);
  if (/^[1-9]\d?$/.test(text) && Number(text) <= limits.workers) return Number(text);
  throw new ConfigError(`SECRET_SVC_WORKERS must be a whole number from 1 to ${limits.workers}, or auto`);
}
