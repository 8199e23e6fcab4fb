import { ConnectError } from "@connectrpc/connect";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WatchSecretsResponse } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Api, startService } from "../support/api/fixture.ts";
import { connectJson } from "../support/api/transports.ts";
import { changeText } from "../support/api/watch.ts";
import { createRandom } from "../support/failure/random.ts";
import { checkRandom, historySeeds } from "../support/random-draws.ts";

const rounds = 40;
const perRound = 4;
const total = rounds * perRound;

/** Watches until it has `total` changes, and goes away every few messages. Answers what it received, in order. */
async function watchWithBreaks(api: Api, seed: string): Promise<readonly string[]> {
  const random = createRandom(seed);
  const received: string[] = [];
  let resumeToken = await firstToken(api);
  startedWatches += 1;
  while (received.length < total) {
    const ending = new AbortController();
    let left = 1 + random.below(12);
    const take = (message: WatchSecretsResponse) => {
      resumeToken = message.resumeToken;
      if (message.change !== undefined) received.push(changeText(message));
      left -= 1;
      if (left === 0 || received.length === total) ending.abort();
    };
    try {
      for await (const message of api.secrets.watchSecrets({ resumeToken }, { signal: ending.signal })) {
        if (!ending.signal.aborted) take(message);
      }
    } catch (error) {
      if (!(error instanceof ConnectError) || !ending.signal.aborted) throw error;
    }
  }
  return received;
}

let startedWatches = 0;

async function firstToken(api: Api): Promise<string> {
  for await (const { resumeToken } of api.secrets.watchSecrets({})) return resumeToken;
  throw new Error("the watch ended at once");
}

async function checkWatchers(seed: string): Promise<void> {
  const service = await startService(connectJson);
  startedWatches = 0;
  try {
    const watchers = ["a", "b", "c"].map((name) => watchWithBreaks(service.admin, `${seed}/${name}`));
    await expect.poll(() => startedWatches, { timeout: 60_000 }).toBe(watchers.length);
    const expected: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const keys = Array.from({ length: perRound }, (_, at) => `prod/${at}`);
      await service.admin.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: `value ${round}` })) });
      expected.push(...keys.map((key) => `${round === 1 ? "APPEARED" : "UPDATED"} ${key}@${round}`));
    }
    for (const received of await Promise.all(watchers)) expect(received).toEqual(expected);
  } finally {
    await service.stop();
  }
}

test("disconnects at random under a writer lose no change and report none twice", async () => {
  await checkRandom(fc.asyncProperty(historySeeds, checkWatchers), 1);
});
