import { generateKeyPairSync } from "node:crypto";

/** A key of age, which sops encrypts with: an X25519 key in the texts that age reads (Bech32, BIP 173). */
export function makeAgeKey(): { readonly identity: string; readonly recipient: string } {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const [secret, open] = [privateKey.export({ format: "jwk" }).d ?? "", publicKey.export({ format: "jwk" }).x ?? ""];
  return {
    identity: bech32("age-secret-key-", Buffer.from(secret, "base64url")).toUpperCase(),
    recipient: bech32("age", Buffer.from(open, "base64url")),
  };
}

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function bech32(prefix: string, bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const words = (bits.match(/.{1,5}/g) ?? []).map((each) => Number.parseInt(each.padEnd(5, "0"), 2));
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  const checked = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...words];
  const sum = polymod([...checked, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = [0, 1, 2, 3, 4, 5].map((at) => (sum >> (5 * (5 - at))) & 31);
  return `${prefix}1${[...words, ...checksum].map((word) => alphabet[word]).join("")}`;
}

function polymod(words: readonly number[]): number {
  let sum = 1;
  for (const word of words) {
    const top = sum >> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    for (const [at, part] of generator.entries()) if ((top >> at) & 1) sum ^= part;
  }
  return sum;
}
