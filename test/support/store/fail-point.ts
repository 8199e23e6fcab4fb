import type { Document, MongoClient } from "mongodb";
import { onTestFinished } from "vitest";

/** Has the server itself fail commands, as it does for the tests of drivers. One at a time for each server. */
export interface FailPoint {
  /** `times` of the next commands of these kinds, or all of them, until `off` or the end of the test. */
  on(commands: readonly string[], how: Document, times?: number): Promise<void>;
  off(): Promise<void>;
  /** Waits until a command has failed since it was last set. */
  hit(): Promise<void>;
}

export function failPointOf(client: MongoClient): FailPoint {
  let hitsBefore = 0;
  const configure = async (mode: unknown, data?: Document): Promise<void> => {
    const { count } = await client
      .db("admin")
      .command({ configureFailPoint: "failCommand", mode, ...(data === undefined ? {} : { data }) });
    hitsBefore = count;
  };
  return {
    async on(commands, how, times) {
      onTestFinished(() => configure("off"));
      // Only of the store's client: not of the one that sets it.
      const data = { failCommands: commands, appName: "secret-svc", ...how };
      await configure(times === undefined ? "alwaysOn" : { times }, data);
    },
    off: () => configure("off"),
    async hit() {
      const timesEntered = hitsBefore + 1;
      await client.db("admin").command({ waitForFailPoint: "failCommand", timesEntered, maxTimeMS: 20_000 });
    },
  };
}
