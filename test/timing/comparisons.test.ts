import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checksumMatches } from "../../src/crypto/checksum.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { openAtRest, restEnvelopeOverheadBytes, sealAtRest } from "../../src/crypto/rest-envelope.ts";
import { compare, describe as describeComparison, timeInterleaved } from "../support/timing/measure.ts";

const rounds = 100_000;
/**
 * What is measured here is the whole of parsing, hashing and comparing. A comparison that stops at the first difference
 * would hide in it as well, which is why `test/crypto/constant-time.test.ts` looks at the sources.
 */
const bound = { medianNs: 150, distance: 0.1 };

describe("comparisons of secrets with what a caller sends", () => {
  it("threat 81: a checksum takes as long whichever of its bytes is the first that is wrong", async () => {
    const value = randomBytes(64);
    const digest = createHash("sha512").update(value).digest();
    const wrongAt = (at: number) => {
      const wrong = Buffer.from(digest);
      wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
      const text = wrong.toString("hex");
      return () => expect(checksumMatches("SHA-512", value, text)).toBe(false);
    };
    await expectSame("a checksum", { first: wrongAt(0), last: wrongAt(63), again: wrongAt(0) });
  });

  it("threats 81, 110: a commitment takes as long whichever of its bytes is the first that is wrong", async () => {
    const keyring = createKeyring(randomBytes(32), []);
    const nothing = Buffer.alloc(0);
    const { envelope } = sealAtRest(keyring, nothing, nothing);
    // The commitment is the 32 bytes before the ciphertext, which is empty, and the tag.
    const end = restEnvelopeOverheadBytes - 16;
    const wrongAt = (at: number) => {
      const wrong = Buffer.from(envelope);
      wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
      return () => expect(() => openAtRest(keyring, wrong, nothing)).toThrow(IntegrityError);
    };
    await expectSame("a commitment", { first: wrongAt(end - 32), last: wrongAt(end - 1), again: wrongAt(end - 32) });
  });
});

async function expectSame(name: string, kinds: Record<"first" | "last" | "again", () => void>): Promise<void> {
  const samples = await timeInterleaved(kinds, rounds);
  const gap = compare(samples.first, samples.last);
  const floor = compare(samples.first, samples.again);
  process.stdout.write(`${describeComparison(name, gap)}; ${describeComparison("the same twice", floor)}\n`);
  expect(gap.medianNs).toBeLessThan(floor.medianNs + bound.medianNs);
  expect(gap.distance).toBeLessThan(floor.distance + bound.distance);
}
