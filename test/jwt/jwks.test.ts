import { describe, expect, test } from "vitest";
import { createKeySet } from "../../src/jwt/jwks.ts";
import { makeSigningKey } from "../support/jwt/jwt-fixture.ts";

const [first, second, third] = ["first", "second", "third"].map((kid) => makeSigningKey(kid).publicJwk);

/** A set whose source gives what the test says, with a clock in seconds. */
function startSet(maxAgeSeconds = 3_600) {
  const state = { seconds: 1_000_000, loads: 0, failures: 0, source: { keys: [first] } as unknown };
  const keys = createKeySet({
    async load() {
      state.loads += 1;
      const { source } = state;
      if (source instanceof Error) throw source;
      return source instanceof Promise ? await source : source;
    },
    now: () => state.seconds * 1000,
    maxAgeMs: maxAgeSeconds * 1000,
    onFailure: () => {
      state.failures += 1;
    },
  });
  const find = (kid: string) => keys.find({ alg: "RS256", kid });
  return { state, find };
}

const down = new Error("connect ECONNREFUSED");
const unavailable = { reason: "ISSUER_UNAVAILABLE" };
const unknown = { code: "ERR_JWKS_NO_MATCHING_KEY" };
const isKey = { type: "public" };

describe("threat 48: the keys of an issuer", () => {
  test("overlap while it changes from one to the next", async () => {
    const { state, find } = startSet();
    expect(await find("first")).toMatchObject(isKey);
    state.source = { keys: [first, second] };
    state.seconds += 31;
    expect(await find("second")).toMatchObject(isKey);
    expect(await find("first")).toMatchObject(isKey);
    expect(state.loads).toBe(2);
  });

  test("stop being accepted ten minutes after it withdrew them", async () => {
    const { state, find } = startSet();
    await find("first");
    state.source = { keys: [second] };
    state.seconds += 599;
    expect(await find("first")).toMatchObject(isKey);
    state.seconds += 1;
    await expect(find("first")).rejects.toMatchObject(unknown);
  });

  test("stay while it is down, for as long as they may, and then no one can say", async () => {
    const { state, find } = startSet(7_200);
    await find("first");
    state.source = down;
    state.seconds += 3_600;
    expect(await find("first")).toMatchObject(isKey);
    expect(state.failures).toBe(1);
    state.seconds += 3_599;
    expect(await find("first")).toMatchObject(isKey);
    state.seconds += 1;
    await expect(find("first")).rejects.toMatchObject(unavailable);
    state.source = { keys: [first] };
    await expect(find("first")).rejects.toMatchObject(unavailable);
    state.seconds += 30;
    expect(await find("first")).toMatchObject(isKey);
  });

  test("cannot be distinguished from made-up ones while it is down", async () => {
    const { state, find } = startSet();
    await find("first");
    await expect(find("second")).rejects.toMatchObject(unknown);
    state.source = down;
    state.seconds += 30;
    await expect(find("second")).rejects.toMatchObject(unavailable);
    expect(await find("first")).toMatchObject(isKey);
  });

  test("were never there: no one can say", async () => {
    const { state, find } = startSet();
    state.source = down;
    await expect(find("first")).rejects.toMatchObject(unavailable);
    await expect(find("first")).rejects.toMatchObject(unavailable);
    expect(state.loads).toBe(1);
    state.source = { keys: [first] };
    state.seconds += 30;
    expect(await find("first")).toMatchObject(isKey);
  });

  test.each([
    [null],
    ["<html>not found</html>"],
    [[]],
    [{}],
    [{ keys: [] }],
    [{ keys: {} }],
    [{ keys: ["x"] }],
    [{ keys: [null] }],
    [{ error: "gone" }],
  ])("are not replaced by %j", async (garbage) => {
    const { state, find } = startSet();
    await find("first");
    state.source = garbage;
    state.seconds += 700;
    expect(await find("first")).toMatchObject(isKey);
    expect(state.failures).toBe(1);
  });

  test("that cannot be used do not spoil the others", async () => {
    const { state, find } = startSet();
    const broken = [
      { kty: "RSA", kid: "second", alg: "RS256", n: "AQ" },
      { kty: "new-kind", kid: "third" },
    ];
    state.source = { keys: [...broken, first] };
    expect(await find("first")).toMatchObject(isKey);
    await expect(find("second")).rejects.toThrow();
    await expect(find("third")).rejects.toMatchObject(unknown);
  });

  test("are asked for once by all who wait", async () => {
    const { state, find } = startSet();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    state.source = promise;
    const waiting = Promise.all([find("first"), find("first"), find("first")]);
    resolve({ keys: [first] });
    expect(await waiting).toMatchObject([isKey, isKey, isKey]);
    expect(state.loads).toBe(1);
  });

  test("are loaded again when the clock was set back, and not believed for longer", async () => {
    const { state, find } = startSet();
    await find("first");
    state.seconds -= 50_000;
    state.source = { keys: [third] };
    await expect(find("first")).rejects.toMatchObject(unknown);
    expect(await find("third")).toMatchObject(isKey);
    expect(state.loads).toBe(2);
  });
});
