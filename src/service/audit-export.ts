import { createAuditExport } from "../audit/export.ts";
import { createLineFile } from "../audit/line-file.ts";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { isPassing, TemporaryError } from "../config/temporary-error.ts";
import { log } from "../log/log.ts";
import { exportedStore } from "../store/exported-store.ts";
import type { Store } from "../store/store.ts";

/** Shorter than the time that a call waits for its audit record. */
const waitMs = 4_000;
const retryMs = 1_000;
const pendingMax = 20_000;
const descriptors = new Map([
  ["stdout", 1],
  ["stderr", 2],
]);

/** For commands, whose result is on standard output: an export to `stdout` goes to standard error instead. */
export function exportOffStdout(config: Config): Config {
  return config.auditExport === "stdout" ? { ...config, auditExport: "stderr" } : config;
}

/**
 * The store, which also exports its audit records if the settings say so. If the export cannot be written, closes the
 * store and throws `ConfigError` or `TemporaryError`.
 */
export async function withAuditExport(store: Store, { auditExport, auditSync }: Config): Promise<Store> {
  if (auditExport === undefined) return store;
  const target = descriptors.get(auditExport) ?? auditExport;
  const file = createLineFile({ target, isDurable: auditSync !== "process", waitMs });
  try {
    await file.flush();
  } catch (error) {
    await store.close();
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const message = `SECRET_SVC_AUDIT_EXPORT: cannot write to ${auditExport} (${code})`;
    throw isPassing(error) ? new TemporaryError(message) : new ConfigError(message);
  }
  const onChange = (problem: unknown) => {
    if (problem === undefined) log("info", "the audit export works again");
    else log("error", "the audit export cannot be written, so nothing is read or changed", problem);
  };
  return exportedStore(store, createAuditExport({ file, waitMs, pendingMax, retryMs, onChange }));
}
