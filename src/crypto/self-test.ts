import { randomBytes } from "node:crypto";
import { IntegrityError } from "./integrity-error.ts";
import { createKeyring } from "./keyring.ts";
import { openAtRest, sealAtRest } from "./rest-envelope.ts";

const draws = 16;
const drawBytes = 32;
/** 32 random bytes have fewer than 8 different ones less often than once in 2^100. */
const differentBytesMin = 8;
const key = Buffer.alloc(drawBytes, 1);
const place = Buffer.from("self-test");

/**
 * Checks the random numbers and the cipher of this process, in less than a millisecond. It is better not to start than
 * to encrypt with a broken one. Throws Error.
 */
export function selfTestCrypto(random: (bytes: number) => Buffer = randomBytes): void {
  const drawn = Array.from({ length: draws }, () => random(drawBytes));
  const isRepeating = new Set(drawn.map((bytes) => bytes.toString("hex"))).size < draws;
  const isPoor = drawn.some((bytes) => bytes.length !== drawBytes || new Set(bytes).size < differentBytesMin);
  if (isRepeating || isPoor)
    throw new Error("the random number generator of this machine is broken: nothing can be encrypted");
  const keyring = createKeyring(key, []);
  const { envelope } = sealAtRest(keyring, place, place);
  if (!openAtRest(keyring, envelope, place).equals(place) || opensChanged(envelope)) {
    throw new Error("the cipher of this machine is broken: nothing can be encrypted");
  }
}

function opensChanged(envelope: Buffer): boolean {
  const changed = Buffer.from(envelope);
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
  try {
    openAtRest(createKeyring(key, []), changed, place);
    return true;
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}
