import { rmSync } from "node:fs";
import { type CommandStartedEvent, MongoClient } from "mongodb";
import { onTestFinished, vi } from "vitest";
import type { Context } from "../../../src/rules/context.ts";
import { openCore } from "../../../src/service/core.ts";
import { makeDataDir, startMs, testConfig } from "../secrets/core.ts";
import { createTestDatabase } from "./test-database.ts";

/** The service of one of several processes, without a transport. */
export interface ProcessCore {
  readonly context: Context;
  /**
   * What it has sent to the collections of secrets and of changes since this was last called, such as `find secrets`.
   */
  takeCommands(): readonly string[];
}

const watched = new Set(["secrets", "history", "idempotency", "changes", "permits"]);

/** Services of as many processes on one database, until the end of the test. Each call sees a later time. */
export async function openCores(
  count: number,
): Promise<{ readonly cores: readonly ProcessCore[]; readonly uri: string }> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const monitored = `${database.uri}${database.uri.includes("?") ? "&" : "?"}monitorCommands=true`;
  let nowMs = startMs;
  const now = () => {
    nowMs += 1;
    return nowMs;
  };
  const cores: ProcessCore[] = [];
  const connecting = vi.spyOn(MongoClient.prototype, "connect");
  try {
    for (let at = 0; at < count; at += 1) {
      const config = { ...testConfig(makeDataDir()), mongoUri: monitored };
      const core = await openCore(config, now);
      onTestFinished(async () => {
        await core.close();
        rmSync(config.dataDir, { recursive: true });
      });
      const client = connecting.mock.contexts.at(-1);
      if (!(client instanceof MongoClient)) throw new Error("the core has connected to nothing");
      const sent: string[] = [];
      client.on("commandStarted", ({ commandName, command }: CommandStartedEvent) => {
        const collection = String(command[commandName]);
        if (commandName === "commitTransaction" || commandName === "abortTransaction") sent.push(commandName);
        else if (watched.has(collection)) sent.push(`${commandName} ${collection}`);
      });
      cores.push({ context: core.context, takeCommands: () => sent.splice(0) });
    }
  } finally {
    connecting.mockRestore();
  }
  return { cores, uri: database.uri };
}
