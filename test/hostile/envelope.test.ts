import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restEnvelopeOverheadBytes } from "../../src/crypto/rest-envelope.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Hostile, startHostile } from "../support/hostile/fixture.ts";
import { expectRefusal, type Operation, operations, type Target } from "../support/hostile/operations.ts";

let hostile: Hostile;

beforeAll(async () => {
  hostile = await startHostile();
});

afterAll(() => hostile.stop());

function envelopeOf(key: string): Buffer {
  const { envelope } = hostile.rowOf(key);
  if (!(envelope instanceof Uint8Array)) throw new Error("an envelope is not a blob");
  return Buffer.from(envelope);
}

async function putEnvelope(key: string, envelope: Uint8Array): Promise<void> {
  expect(await hostile.intruder.run("UPDATE secret SET envelope = ? WHERE key = ?", envelope, key)).toBe(1);
}

/** With each of the envelopes in the target's row, the chosen operations refuse; then the row is as it was. */
async function expectAllRefused(
  target: Target,
  envelopes: Iterable<Uint8Array>,
  chosen: (number: number) => readonly Operation[],
): Promise<number> {
  const original = envelopeOf(target.key);
  let number = 0;
  try {
    for (const envelope of envelopes) {
      expect(Buffer.compare(original, envelope)).not.toBe(0);
      await putEnvelope(target.key, envelope);
      for (const operation of chosen(number)) {
        await expectRefusal(operation, "integrity", hostile.alice, target, hostile.intruder);
      }
      number += 1;
    }
  } finally {
    await putEnvelope(target.key, original);
  }
  return number;
}

function* flippedBits(original: Buffer): Generator<Uint8Array> {
  for (let bit = 0; bit < original.length * 8; bit += 1) {
    const flipped = Buffer.from(original);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    yield flipped;
  }
}

function* otherLengths(original: Buffer): Generator<Uint8Array> {
  for (let length = 0; length < original.length; length += 1) yield original.subarray(0, length);
  for (let length = 1; length < original.length; length += 1) yield original.subarray(length);
  for (const more of [1, 16, 4096]) {
    yield Buffer.concat([original, Buffer.alloc(more)]);
    yield Buffer.concat([Buffer.alloc(more), original]);
  }
  yield Buffer.concat([original, original]);
  yield Buffer.alloc(original.length);
  yield Buffer.alloc(8 * 1024 * 1024);
}

/** A removed secret is in no page, tampered with or not. */
function operationsOn(target: Target): readonly Operation[] {
  return operations.filter(({ names }) => target === hostile.live || names !== "page");
}

describe.each(["live", "removed"] as const)("the envelope of a %s secret", (which) => {
  it("threat 111: with any one bit flipped it is refused by every read, save and removal", async () => {
    const target = hostile[which];
    const original = envelopeOf(target.key);
    const plaintextBytes = which === "live" ? 1 + target.value.length : 1;
    expect(original.length).toBe(restEnvelopeOverheadBytes + plaintextBytes);
    const all = operationsOn(target);
    // One bit of each byte is tried with every operation. With the other seven, the operations take turns.
    const tried = await expectAllRefused(target, flippedBits(original), (bit) =>
      (bit & 7) === ((bit >> 3) & 7) ? all : all.slice(bit % all.length, (bit % all.length) + 1),
    );
    expect(tried).toBe(original.length * 8);
  });

  it("threat 111: cut short or extended it is refused by every read, save and removal", async () => {
    const target = hostile[which];
    const original = envelopeOf(target.key);
    const all = operationsOn(target);
    // The operations take turns: each is tried with some of every kind of damage.
    await expectAllRefused(target, otherLengths(original), (number) =>
      all.slice(number % all.length, (number % all.length) + 1),
    );
  });
});

describe("an envelope of another document", () => {
  it("threat 104: two exchanged envelopes make both secrets unreadable, and exchanged back they are readable", async () => {
    const { live, removed, alice } = hostile;
    const failing = { code: "DataLoss", reason: "INTEGRITY" } as const;
    for (const other of [live.neighbour, removed.key]) {
      const keys = [live.key, other];
      const [first, second] = [envelopeOf(live.key), envelopeOf(other)];
      await putEnvelope(live.key, second);
      await putEnvelope(other, first);
      const both = await alice.secrets.listSecrets({ keys });
      expect(both.secrets).toEqual([]);
      expect(both.errors.map(({ key }) => key)).toEqual(keys);
      for (const key of keys) {
        await expectFailure(alice.secrets.removeSecrets({ keys: [key] }), { ...failing, key });
        await expectFailure(alice.secrets.saveSecrets({ secrets: [{ key, value: "x" }] }), { ...failing, key });
      }
      await putEnvelope(live.key, first);
      await putEnvelope(other, second);
    }
    const { secrets } = await alice.secrets.listSecrets({ keys: [live.key, live.neighbour] });
    expect(secrets.map(({ value }) => value)).toEqual([live.value, "value-of-neighbour"]);
  });

  it("threat 104: the envelope of an earlier version does not fit the current fields", async () => {
    const { live, intruder } = hostile;
    const versions = intruder.rows("SELECT envelope FROM history WHERE key = ? ORDER BY version", live.key);
    const [first] = versions.map(({ envelope }) => envelope);
    if (!(first instanceof Uint8Array)) throw new Error("no earlier version");
    expect(await expectAllRefused(live, [first], () => operations)).toBe(1);
  });
});
