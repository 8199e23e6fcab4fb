import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SecretError } from "../../src/error.ts";
import { bringBack } from "../../src/secrets/bring-back.ts";
import { putMetadata } from "../../src/secrets/put-metadata.ts";
import { putValue } from "../../src/secrets/put-value.ts";
import { readValue } from "../../src/secrets/read-value.ts";
import { removeValue } from "../../src/secrets/remove-value.ts";
import { checkRandom } from "../support/random-draws.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";

let core: TestCore;
const call = callOf({ slug: "admin", admin: true });

beforeAll(async () => {
  core = await startCore();
});

afterAll(() => core.close());

type Step =
  | { readonly kind: "put"; readonly value: string }
  | { readonly kind: "metadata"; readonly text: string }
  | { readonly kind: "remove" }
  | { readonly kind: "undelete" }
  | { readonly kind: "cas"; readonly back: number; readonly value: string };

const value = fc.constantFrom("a", "b", "c");
const step = fc.record({
  ms: fc.constantFrom(0, 0, 1, 1000),
  step: fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ kind: fc.constant("put" as const), value }),
    fc.record({ kind: fc.constant("metadata" as const), text: value }),
    fc.record({ kind: fc.constant("remove" as const) }),
    fc.record({ kind: fc.constant("undelete" as const) }),
    fc.record({ kind: fc.constant("cas" as const), back: fc.nat(4), value }),
  ),
});

/** What the secret went through: its newest version, and those that brought a value. */
interface Model {
  version: number;
  removed: boolean;
  brought: number[];
}

async function newestVersion(key: string): Promise<number> {
  const [stored] = await core.context.store.findSecrets({ tenant: "default", keys: [key], visibleTo: "everyone" });
  return stored?.version ?? 0;
}

let secrets = 0;

test("a cas is accepted only while no value came after the version that it names", async () => {
  await checkRandom(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      secrets += 1;
      const key = `k${secrets}`;
      const model: Model = { version: 0, removed: true, brought: [] };
      for (const { ms, step: each } of steps) {
        core.clock.nowMs += ms;
        await perform(key, model, each);
      }
    }),
    60,
  );
});

async function perform(key: string, model: Model, each: Step): Promise<void> {
  const { context } = core;
  const before = await readValue(context, call, { key, version: 0, action: "secret.read" });
  if (each.kind === "put") await putValue(context, call, { key, value: each.value, ifValueVersion: undefined });
  else if (each.kind === "remove") await removeValue(context, call, key, undefined);
  else if (each.kind === "undelete") await bringBack(context, call, key, [before?.version ?? 0]);
  else if (each.kind === "metadata") {
    await putMetadata(context, call, { key, change: () => [["note", each.text]], makesPlace: true });
  } else {
    const wanted = Math.max(0, model.version - each.back);
    const isAccepted = await attempt(() => putValue(context, call, { key, value: each.value, ifValueVersion: wanted }));
    const hasNone = model.removed && wanted === 0;
    const isOutdated = wanted === 0 || model.brought.some((version) => version > wanted);
    if (isAccepted) expect(hasNone || !isOutdated).toBe(true);
    else if (hasNone) throw new Error("0 was refused for a secret without a value");
    if (before?.status === "value" && wanted === before.version) expect(isAccepted).toBe(true);
  }
  await note(key, model);
}

async function attempt(save: () => Promise<unknown>): Promise<boolean> {
  try {
    await save();
    return true;
  } catch (error) {
    if (error instanceof SecretError && error.reason === "STALE_VERSION") return false;
    throw error;
  }
}

/** Compares values instead of times: what counts is what callers saw. */
async function note(key: string, model: Model): Promise<void> {
  const version = await newestVersion(key);
  if (version === model.version) return;
  const now = await readValue(core.context, call, { key, version: 0, action: "secret.read" });
  const isLive = now?.status === "value";
  const former = model.removed
    ? undefined
    : await readValue(core.context, call, { key, version: model.version, action: "secret.read" });
  if (isLive && (former === undefined || former.value !== now.value)) model.brought.push(version);
  model.version = version;
  model.removed = !isLive;
}
