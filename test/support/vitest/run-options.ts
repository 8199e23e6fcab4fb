import type { ViteUserConfig } from "vitest/config";

/**
 * What all runs of vitest have in common. Files share processes: loading the sources anew for each file took most of a
 * run, and no file changes what another one sees. Time limits only end what hangs: no test may depend on how busy the
 * machine is.
 */
export const runOptions: NonNullable<ViteUserConfig["test"]> = {
  pool: "forks",
  isolate: false,
  execArgv: [
    // hpke uses parts of WebCrypto that Node calls experimental.
    "--disable-warning=ExperimentalWarning",
    "--import",
    new URL("./compile-cache-preload.js", import.meta.url).href,
  ],
  maxWorkers: 3,
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

export const filesInMemory = "test/support/vitest/files-in-memory-setup.ts";
