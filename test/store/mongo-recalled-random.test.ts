import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SecretError } from "../../src/error.ts";
import { limits } from "../../src/limits.ts";
import type { CallInfo } from "../../src/rules/decision-record.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { openCores, type ProcessCore } from "../support/mongo/cores.ts";
import { checkRandom } from "../support/random-draws.ts";
import { callOf } from "../support/secrets/core.ts";
import { createDirectDriver, toInput } from "../support/secrets/direct-driver.ts";
import { checkHistories, type Driver } from "../support/secrets/history.ts";

/** Each call goes to another one of the drivers, in an order without a short period. */
function takingTurns(drivers: readonly Driver[]): Driver {
  let state = 1;
  const next = (): Driver => {
    state = (state * 48_271) % 0x7fff_ffff;
    const driver = drivers[state % drivers.length];
    if (driver === undefined) throw new Error("there is no driver");
    return driver;
  };
  return {
    addPeople: (...of) => next().addPeople(...of),
    save: (...of) => next().save(...of),
    remove: (...of) => next().remove(...of),
    list: (...of) => next().list(...of),
    read: (...of) => next().read(...of),
    records: (...of) => next().records(...of),
  };
}

test("threat 322: random histories of two processes go as the model says, whichever wrote last", async () => {
  const { cores } = await openCores(2);
  const driver = takingTurns(cores.map(({ context }) => createDirectDriver(context)));
  await checkHistories(driver, { steps: 30, runs: 10, more: 25 });
});

interface Step {
  /** Through which process. */
  readonly at: number;
  readonly kind: "save" | "save-version" | "grant" | "revoke" | "remove";
}

const step: fc.Arbitrary<Step> = fc.record({
  at: fc.nat(1),
  kind: fc.constantFrom("save", "save", "save", "save-version", "grant", "revoke", "remove"),
});

const admin = callOf({ slug: "root", admin: true });
const alice = callOf({ slug: "alice" });
const tenant = "default";

/** Takes the steps one after the other; returns the versions of the saves of alice that succeeded. */
async function run(core: readonly ProcessCore[], key: string, steps: readonly Step[]): Promise<readonly number[]> {
  const versions: number[] = [];
  let last = 1;
  for (const { at, kind } of steps) {
    const context = core[at]?.context;
    if (context === undefined) throw new Error("there is no such process");
    const save = async (call: CallInfo, changes: object) => {
      const secrets = kind === "remove" ? [] : [toInput({ key, ...changes })];
      const remove = kind === "remove" ? [{ key, ifVersion: undefined }] : [];
      try {
        return await saveSecrets(context, call, { secrets, remove, validateOnly: false, idempotencyKey: "" });
      } catch (error) {
        // Refused, or overtaken every time.
        if (error instanceof SecretError) return [];
        throw error;
      }
    };
    if (kind === "save" || kind === "save-version") {
      const value = randomUUID();
      const [saved] = await save(alice, { value, ...(kind === "save" ? {} : { ifVersion: last }) });
      if (saved?.outcome === "updated" || saved?.outcome === "created") versions.push(saved.version);
      last = saved?.version ?? last + 1;
    } else {
      const writers = kind === "revoke" ? "clear" : ["alice"];
      await save(admin, { value: randomUUID(), lists: { writers } });
    }
  }
  return versions;
}

test("threat 322: whatever two processes do at once, each version was written by someone who could at that moment", async () => {
  const { cores } = await openCores(2);
  const [first] = cores;
  let keys = 0;
  const callers = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });
  await checkRandom(
    fc.asyncProperty(callers, async (all) => {
      keys += 1;
      const key = `team/${keys}`;
      if (first === undefined) throw new Error("two processes were opened");
      const made = { secrets: [toInput({ key, value: "0", lists: { readers: ["alice"], writers: ["alice"] } })] };
      await saveSecrets(first.context, admin, { ...made, remove: [], validateOnly: false, idempotencyKey: "" });
      const acknowledged = (await Promise.all(all.map((steps) => run(cores, key, steps)))).flat();
      const history = (await first.context.store.listHistory(tenant, key)).toReversed();
      expect(history.length).toBeLessThanOrEqual(limits.historyVersions);
      // None is missing, none is there twice, and each of hers is a save that succeeded.
      expect(history.map(({ version }) => version)).toEqual(history.map((_, at) => at + 1));
      const hers = history.filter(({ updatedBy }) => updatedBy === "alice").map(({ version }) => version);
      expect(acknowledged.toSorted((a, b) => a - b)).toEqual(hers);
      for (const version of hers) {
        // A removed secret retains its lists, and its writers may bring it back.
        expect(history[version - 2]?.lists.writers).toContain("alice");
      }
      const [current] = await first.context.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
      expect(current).toEqual(history.at(-1));
    }),
    40,
  );
});
