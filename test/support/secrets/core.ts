import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../../src/config/config.ts";
import { keysFromText } from "../../../src/config/keys.ts";
import { defaultQuotas, limits } from "../../../src/limits.ts";
import type { Principal } from "../../../src/rules/access.ts";
import type { CallInfo } from "../../../src/rules/decision-record.ts";
import { type OpenCore, openCore } from "../../../src/service/core.ts";
import { temporaryStore } from "../store-settings.ts";

/** 2026-11-24T00:00:00Z, where the clocks of tests start. */
export const startMs = Date.UTC(2026, 10, 24);

/** A store of its own, with keyring, audit and a clock that the test sets. */
export interface TestCore extends OpenCore {
  readonly config: Config;
  readonly clock: { nowMs: number };
}

export function testConfig(dataDir: string): Config {
  return {
    mongoUri: undefined,
    dataDir,
    host: "127.0.0.1",
    port: 0,
    isLoopback: true,
    tls: undefined,
    auditSync: "process",
    reflection: false,
    console: "off",
    directory: "everyone",
    keys: keysFromText("the key of the tests", "ab".repeat(32), []),
    adminToken: undefined,
    secretFiles: [],
    issuersFile: undefined,
    corsOrigins: [],
    traffic: {
      callsPerMinute: undefined,
      failuresPerMinute: undefined,
      connectionsPerAddress: undefined,
      callMemoryBytes: limits.callMemoryBytes,
      bodyMemoryBytes: limits.bodyMemoryBytes,
    },
    quotas: defaultQuotas,
    nodeOptions: "",
    metricsListen: undefined,
    log: { format: "text", level: "info" },
    legacyKey: undefined,
  };
}

export function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), "secret-svc-"));
}

export async function startCore(): Promise<TestCore> {
  const store = await temporaryStore();
  const config = { ...testConfig(makeDataDir()), mongoUri: store.mongoUri };
  const clock = { nowMs: startMs };
  const core = await openCore(config, () => clock.nowMs);
  return {
    ...core,
    config,
    clock,
    async close() {
      await core.close();
      await store.drop();
      rmSync(config.dataDir, { recursive: true });
    },
  };
}

/** A call by someone whose token was checked. */
export function callOf(person: Partial<Principal> & { readonly slug: string }): CallInfo {
  const caller = { tenant: "default", roles: [], admin: false, operator: false, grants: [], ...person };
  return { caller, requestId: "request-1", peer: "192.0.2.1" };
}
