import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, readConfig, type Settings } from "../../../src/config/config.ts";
import { ConfigError } from "../../../src/config/config-error.ts";
import { createKeyring } from "../../../src/crypto/keyring.ts";
import { noFlags } from "../no-flags.ts";

/** For the files of all tests of a process: several files of tests share this module. */
export const folder = mkdtempSync(join(tmpdir(), "secret-svc-config-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A file that holds `text`, and nothing of whose name hints at it. */
export function fileWith(text: string): string {
  files += 1;
  const path = join(folder, `file-${files}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

export type Environment = Readonly<Record<string, string>>;

/** The settings of a copy of the environment, which stays as it is. */
export function read(environment: Environment = {}, flags: Partial<Settings> = {}): Config {
  return readConfig({ ...environment }, { ...noFlags, ...flags });
}

/** What is said of settings that are refused. */
export function errorOf(environment: Environment, flags: Partial<Settings> = {}): string {
  try {
    read(environment, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the settings were taken");
}

export const rawA = Buffer.alloc(32, 0xa1);
export const rawB = Buffer.alloc(32, 0xb2);
export const keyA = rawA.toString("base64");
export const keyB = rawB.toString("base64");
export const kidOf = (raw: Uint8Array) => createKeyring(raw, []).active.kid;
/** The key that installations of the old service had when no one chose one. */
export const defaultKey = "changeMeToSomethingSecureForReal";
