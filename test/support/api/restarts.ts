import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyring } from "../../../src/crypto/keyring.ts";
import { createTokenSecret } from "../../../src/rules/token.ts";
import { type OpenCore, openCore } from "../../../src/service/core.ts";
import { temporaryStore } from "../store-settings.ts";
import { type Api, apiOf, configFor, createTestClock, openInMemory, type TestClock } from "./fixture.ts";
import { inMemory } from "./transports.ts";

/** Encryption keys as they are configured, and their names. */
export const keyTexts = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString("base64")) as [string, string, string];
export const kids = [1, 2, 3].map((byte) => createKeyring(Buffer.alloc(32, byte), []).active.kid) as [
  string,
  string,
  string,
];

/** Configured keys: the active one first. */
export type Keys = readonly [string, ...string[]];

/** One process of the service. */
export interface Process {
  readonly admin: Api;
  as(token: string): Api;
  close(): Promise<void>;
}

/** Data that processes with different keys are started on. */
export interface Restarts {
  readonly clock: TestClock;
  start(...keys: Keys): Promise<Process>;
  /** Only what is below the services. */
  open(keys: Keys): Promise<OpenCore>;
  /** Processes that are not closed. */
  running(): readonly Process[];
  /** Closes what runs, and deletes the data. */
  dispose(): Promise<void>;
}

export async function startRestarts(): Promise<Restarts> {
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-restarts-"));
  const store = await temporaryStore();
  const adminToken = createTokenSecret();
  const running = new Set<Process>();
  const clock = createTestClock();
  const configOf = ([active, ...previous]: Keys) => {
    const keys = { OB_ENCRYPTION_KEY: active, OB_PREVIOUS_ENCRYPTION_KEYS: previous.join(",") };
    return configFor(dataDir, adminToken, { ...store.environment, ...keys });
  };
  return {
    clock,
    async start(...keys) {
      const target = await openInMemory(configOf(keys), clock);
      const connection = inMemory.open(target);
      const as = (token: string) => apiOf(connection.as(token), token);
      const process: Process = {
        admin: as(adminToken),
        as,
        close: () => {
          running.delete(process);
          return target.close();
        },
      };
      running.add(process);
      return process;
    },
    running: () => [...running],
    open: (keys) => openCore(configOf(keys), clock.now),
    async dispose() {
      for (const process of running) await process.close();
      await store.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
