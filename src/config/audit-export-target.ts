import { resolve } from "node:path";
import { ConfigError } from "./config-error.ts";

/** The names of a process's own streams, however they are written. */
const streams: ReadonlyMap<string, string> = new Map([
  ["stdout", "stdout"],
  ["/dev/stdout", "stdout"],
  ["/dev/fd/1", "stdout"],
  ["/proc/self/fd/1", "stdout"],
  ["stderr", "stderr"],
  ["/dev/stderr", "stderr"],
  ["/dev/fd/2", "stderr"],
  ["/proc/self/fd/2", "stderr"],
]);

/**
 * `stdout`, `stderr`, or the absolute path of a file; undefined for no export. A bare word such as `Stdout`, `syslog`
 * or `off` means something else than a file of that name, so it is refused. Throws `ConfigError`.
 */
export function parseAuditExport(target: string): string | undefined {
  if (target === "") return undefined;
  const stream = streams.get(target);
  if (stream !== undefined) return stream;
  if (/[./]/.test(target) && !target.endsWith("/")) return resolve(target);
  throw new ConfigError(
    `SECRET_SVC_AUDIT_EXPORT must be stdout, stderr or the path of a file, such as ./${target.replace(/\/+$/, "")}.jsonl; ` +
      `got '${target}'`,
  );
}
