import { hkdfSync } from "node:crypto";
import { type KeyringKey, kidBytes } from "./keyring.ts";
import { hpkeSuite, type SealingPrivateKey, type SealingPublicKey, sealingSeedBytes } from "./sealed-value.ts";

/** The key pair with which values are sealed for a keyring key, ready to be published and stored. */
export interface SealingKeyPair extends SealingPublicKey {
  /** The serialized private key: 32 bytes, secret. */
  readonly seed: Buffer;
}

const label = Buffer.from("secret-svc/sealing-key/v1");
const empty = Buffer.alloc(0);

/**
 * Derives the one sealing key pair of a keyring key. It is always the same: a service that is set up anew opens values
 * that were sealed before, if it has the same keyring. The input of HPKE's DeriveKeyPair comes from HKDF under its own
 * label.
 */
export async function deriveSealingKeyPair(key: KeyringKey): Promise<SealingKeyPair> {
  const info = Buffer.concat([label, key.check.subarray(0, kidBytes)]);
  const material = new Uint8Array(hkdfSync("sha256", key.secret, empty, info, sealingSeedBytes));
  const pair = await hpkeSuite.DeriveKeyPair(material, true);
  material.fill(0);
  const seed = Buffer.from(await hpkeSuite.SerializePrivateKey(pair.privateKey));
  return { kid: key.kid, publicKey: await hpkeSuite.SerializePublicKey(pair.publicKey), seed };
}

/** Imports a private key from its seed, which may be wiped afterwards. Throws unless the seed has 32 bytes. */
export async function importSealingSeed(kid: string, seed: Uint8Array): Promise<SealingPrivateKey> {
  return { kid, privateKey: await hpkeSuite.DeserializePrivateKey(new Uint8Array(seed), false) };
}
