import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import type { Principal } from "../../src/rules/access.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { type ChangeTracker, trackChanges } from "../../src/secrets/track-changes.ts";
import type { SecretEvent, SecretEvents } from "../../src/store/secret-events.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";
import { aLists, aSecret } from "../support/store/rows.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
  const secret = (key: string, reader: string) => toInput({ key, value: "v", lists: { readers: [reader] } });
  const secrets = [secret("stored/A", "a"), secret("stored/B", "b"), secret("stored/AB", "a")];
  const admin = callOf({ slug: "root", admin: true });
  await saveSecrets(core.context, admin, { secrets, remove: [], validateOnly: false, idempotencyKey: "" });
});
afterAll(() => core.close());

const as = (...roles: string[]): Principal => callOf({ slug: "watcher", roles }).caller;

/** A new secret, or a change from the readers before to those after it. */
const event = (key: string, version: number, reader: string, former?: string): SecretEvent => ({
  secret: aSecret(key, { version, lists: aLists({ readers: [reader] }) }),
  formerLists: former === undefined ? undefined : aLists({ readers: [former] }),
  position: `${version}`,
  isIntact: true,
});
const batch = (...events: SecretEvent[]): SecretEvents => ({ events, position: "end" });

let now: Principal;
let tracker: ChangeTracker;
const start = (isResumed: boolean) => {
  const includes = () => true;
  tracker = trackChanges({
    store: core.context.store,
    caller: now,
    selection: { prefix: "", includes },
    isResumed,
    recheck: () => now,
    startOver: () => new Error("start over"),
  });
};
beforeEach(() => {
  now = as("a");
});

async function taken(events: SecretEvents | undefined): Promise<string[]> {
  const changes: string[] = [];
  for await (const { change } of tracker.take(events)) changes.push(`${change.kind} ${change.key}`);
  return changes;
}

describe("fault C3: when rights change while a watch runs", () => {
  test("an event from before is not shown to who got the right only later", async () => {
    start(false);
    expect(await taken(batch(event("x/A", 1, "a"), event("x/B", 1, "b")))).toEqual(["appeared x/A"]);
    now = as("a", "b");
    // What is stored by now is shown instead. x/B is not stored.
    expect(await taken(batch(event("x/B", 2, "b", "b"), event("x/A", 2, "a", "a")))).toEqual([
      "updated x/A",
      "appeared stored/B",
    ]);
    expect(await taken(batch(event("x/C", 1, "b")))).toEqual(["appeared x/C"]);
  });

  test("an event says gone for what was shown, and nothing of what was not", async () => {
    start(false);
    await taken(batch(event("x/A", 1, "a")));
    now = as("b");
    const events = batch(event("x/A", 2, "a", "a"), event("x/NEW", 1, "a"), event("x/LEFT", 2, "b", "a"));
    expect(await taken(events)).toEqual([
      "gone x/A",
      "gone x/LEFT",
      "gone stored/A",
      "gone stored/AB",
      "appeared stored/B",
    ]);
  });

  test("a version that the change of rights has shown is not sent again by its event", async () => {
    start(false);
    await taken(batch());
    now = as("a", "b");
    expect(await taken(batch())).toEqual(["appeared stored/B"]);
    expect(await taken(batch(event("stored/B", 1, "b")))).toEqual([]);
    expect(await taken(batch(event("stored/B", 2, "b", "b")))).toEqual(["updated stored/B"]);
  });

  test.each<[string, boolean, SecretEvents]>([
    ["the watch is still catching up", true, batch()],
    [
      "there may be more events",
      false,
      batch(...Array.from({ length: limits.eventBatch }, () => event("x/A", 1, "a"))),
    ],
  ])("it starts over while %s", async (_when, isResumed, events) => {
    start(isResumed);
    await taken(batch());
    now = as("b");
    await expect(taken(events)).rejects.toThrow("start over");
  });

  test("a watch that was resumed has caught up when nothing comes any more", async () => {
    start(true);
    await taken(batch(event("x/A", 1, "a")));
    expect(await taken(undefined)).toEqual([]);
    const before = tracker.rights();
    now = as("b");
    expect(await taken(undefined)).toEqual(["gone stored/A", "gone stored/AB", "appeared stored/B"]);
    expect(tracker.rights()).not.toBe(before);
  });

  test("the same rights in another order are not a change", async () => {
    now = as("a", "b");
    start(true);
    await taken(batch());
    const before = tracker.rights();
    now = as("b", "a");
    expect(await taken(batch())).toEqual([]);
    expect(tracker.rights()).toBe(before);
  });
});
