import { realpathSync } from "node:fs";
import { sep } from "node:path";
import type { AuditRecord } from "../audit/record.ts";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";
import { encryptionKeyFile, isThere } from "./data-directory.ts";

/** Where the active key comes from, in a line for people: the setting, and its file, or its program with its time. */
export function describeKeyOrigin({ keyOrigin, dataDir }: Config): string {
  switch (keyOrigin?.kind) {
    case undefined:
      return encryptionKeyFile(dataDir);
    case "environment":
      return keyOrigin.setting;
    case "file":
      return `${keyOrigin.setting} (${keyOrigin.path})`;
    case "command":
      return `${keyOrigin.setting} (${keyOrigin.path}, ${(keyOrigin.seconds ?? 0).toFixed(2)} s)`;
  }
}

/** The record that a start has loaded the key `kid`. The rule says from where. */
export function keyLoadRecord({ keyOrigin }: Config, kid: string, nowMs: number): AuditRecord {
  const rule = keyOrigin?.kind ?? "data-directory";
  return anonymousRecord(firstTenant, nowMs, { action: "key.load", decision: "allowed", rule, key: kid }, "host");
}

/** Whether the active key is a file in the data directory, be it the one that the service made or another one. */
export function isKeyInDataDirectory({ keyOrigin, dataDir }: Config): boolean {
  if (keyOrigin === undefined) return true;
  return keyOrigin.kind === "file" && isBelow(dataDir, keyOrigin.path);
}

/** The file of a key that is not used, because a program prints the key. */
export function forgottenKeyFile({ keyOrigin, dataDir }: Config): string | undefined {
  const file = encryptionKeyFile(dataDir);
  return keyOrigin?.kind === "command" && isThere(file) ? file : undefined;
}

/** Throws `ConfigError` if a program prints the key, and one is still in the data directory: it would be forgotten. */
export function requireNoForgottenKey(config: Config): void {
  const file = forgottenKeyFile(config);
  if (file === undefined) return;
  throw new ConfigError(
    `${config.keyOrigin?.setting} is set, but there is also a key in ${file}, next to the data that it protects; look ` +
      "with 'secret-svc key check' whether the program prints the key of the store, store a copy of the file away from " +
      "this machine, and delete it here",
  );
}

function isBelow(folder: string, path: string): boolean {
  try {
    return realpathSync(path).startsWith(realpathSync(folder) + sep);
  } catch {
    return false;
  }
}
