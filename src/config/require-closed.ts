import { statSync } from "node:fs";
import { isOpenToEveryone } from "../files/open-to-others.ts";
import { ConfigError } from "./config-error.ts";

/**
 * Throws `ConfigError` if every user of the machine may read or write a file with a key, a token or a password. `name`
 * is the setting that names the file.
 */
export function requireClosed(name: string, path: string): void {
  if (!isOpenToEveryone(path)) return;
  const mode = (statSync(path).mode & 0o777).toString(8).padStart(4, "0");
  throw new ConfigError(
    `${name}: every user of the machine may read or write ${path} (mode ${mode}); run 'chmod go-rwx ${path}', or ` +
      "set SECRET_SVC_OPEN_KEY_FILES=allow if its mode cannot be changed",
  );
}
