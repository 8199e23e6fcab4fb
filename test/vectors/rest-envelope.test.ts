import { expect } from "vitest";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { envelopeKid, openAtRest, sealAtRest } from "../../src/crypto/rest-envelope.ts";
import { describeVectors, fromHex, type Vector } from "../support/vectors/golden.ts";
import { type EnvelopeParts, kidOf, referenceEnvelope, traceEnvelope } from "../support/vectors/reference.ts";
import { fixedBytes, keyA, keyB } from "../support/vectors/test-keys.ts";

interface EnvelopeVector extends Vector {
  readonly expect: "success" | "integrity error";
  /** The keyring: the active key first. Hex, as everything else. */
  readonly keys: readonly string[];
  readonly associatedData: string;
  readonly envelope: string;
  readonly kid?: string;
  readonly plaintext?: string;
}

const parts: EnvelopeParts = {
  key: keyA,
  salt: fixedBytes("salt 1"),
  plaintext: Buffer.from("postgresql://user:pass@host:5432/db"),
  associatedData: Buffer.from("the place of the secret"),
};

async function success(name: string, keys: readonly Buffer[], made: EnvelopeParts): Promise<EnvelopeVector> {
  return {
    name,
    expect: "success",
    keys: keys.map((key) => key.toString("hex")),
    associatedData: Buffer.from(made.associatedData).toString("hex"),
    envelope: (await referenceEnvelope(made)).toString("hex"),
    kid: (await kidOf(made.key)).toString("hex"),
    plaintext: Buffer.from(made.plaintext).toString("hex"),
  };
}

function failure(name: string, envelope: Buffer, keys: readonly Buffer[] = [keyA]): EnvelopeVector {
  return {
    name,
    expect: "integrity error",
    keys: keys.map((key) => key.toString("hex")),
    associatedData: Buffer.from(parts.associatedData).toString("hex"),
    envelope: envelope.toString("hex"),
  };
}

function flipped(envelope: Buffer, at: number): Buffer {
  const changed = Buffer.from(envelope);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

async function build(): Promise<readonly EnvelopeVector[]> {
  const { envelope, commitment } = await traceEnvelope(parts);
  const end = envelope.length;
  const other = await traceEnvelope({ ...parts, salt: fixedBytes("salt 2"), plaintext: Buffer.from("another value") });
  const empty = await referenceEnvelope({ ...parts, plaintext: Buffer.alloc(0) });
  const underB = await kidOf(keyB);
  const relabelled = Buffer.from(envelope);
  underB.copy(relabelled, 1);
  return [
    await success("a value", [keyA], parts),
    await success("under a previous key", [keyB, keyA], parts),
    await success("empty plaintext", [keyA], { ...parts, plaintext: Buffer.alloc(0) }),
    await success("empty associated data", [keyA], { ...parts, associatedData: Buffer.alloc(0) }),
    await success("all 256 bytes", [keyA], {
      ...parts,
      plaintext: Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
    }),
    await success("32 zero bytes as key", [Buffer.alloc(32)], { ...parts, key: Buffer.alloc(32) }),
    failure("empty", Buffer.alloc(0)),
    failure("version alone", envelope.subarray(0, 1)),
    failure("cut before the ciphertext", envelope.subarray(0, 73)),
    failure("one byte shorter than the shortest", empty.subarray(0, -1)),
    failure("cut by one byte", envelope.subarray(0, -1)),
    failure("extended by one byte", Buffer.concat([envelope, Buffer.of(0)])),
    failure("first byte missing", envelope.subarray(1)),
    failure("version 0", await referenceEnvelope({ ...parts, version: 0 })),
    failure("version 2", await referenceEnvelope({ ...parts, version: 2 })),
    failure("key not in the keyring", envelope, [keyB]),
    failure("bit flipped in the kid", flipped(envelope, 1)),
    failure("bit flipped in the salt", flipped(envelope, 9)),
    failure("bit flipped in the commitment", flipped(envelope, 41)),
    failure("bit flipped in the ciphertext", flipped(envelope, 73)),
    failure("bit flipped in the tag", flipped(envelope, end - 1)),
    failure("tag of 12 bytes", envelope.subarray(0, -4)),
    failure(
      "other associated data",
      await referenceEnvelope({ ...parts, associatedData: Buffer.from("another place") }),
    ),
    failure("kid of another key", relabelled, [keyA, keyB]),
    failure("made by key A for the kid of key B", await referenceEnvelope({ ...parts, kid: underB }), [keyA, keyB]),
    failure(
      "valid under key B with the commitment of key A",
      await referenceEnvelope({ ...parts, key: keyB, commitment }),
      [keyA, keyB],
    ),
    failure("commitment of another envelope", await referenceEnvelope({ ...parts, commitment: other.commitment })),
    failure("ciphertext of another envelope", Buffer.concat([envelope.subarray(0, 73), other.sealed])),
    failure("zeros", Buffer.alloc(124)),
  ];
}

describeVectors<EnvelopeVector>(
  "rest-envelope.json",
  "Envelopes at rest: docs/encryption-format.md, section 3. All fields but name and expect are lower-case hex.",
  ["name", "expect", "keys", "associatedData", "envelope", "kid", "plaintext"],
  build,
  (vector) => {
    const [active, ...previous] = vector.keys.map(fromHex);
    const keyring = createKeyring(active ?? Buffer.alloc(0), previous);
    const [envelope, associatedData] = [fromHex(vector.envelope), fromHex(vector.associatedData)];
    if (vector.expect === "integrity error") {
      expect(() => openAtRest(keyring, envelope, associatedData)).toThrow(IntegrityError);
      return;
    }
    expect(vector.expect).toBe("success");
    expect(envelopeKid(envelope)).toBe(vector.kid);
    const plaintext = openAtRest(keyring, envelope, associatedData);
    expect(plaintext.toString("hex")).toBe(vector.plaintext);
    const again = sealAtRest(keyring, plaintext, associatedData).envelope;
    expect(openAtRest(keyring, again, associatedData)).toEqual(plaintext);
  },
);
