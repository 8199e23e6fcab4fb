import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes SHA256SUMS over all files of a folder, in the format that `sha256sum --check` reads. */
export function writeSums(folder: string): string {
  const lines = readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex")}  ${name}\n`,
    );
  const path = join(folder, "SHA256SUMS");
  writeFileSync(path, lines.join(""));
  return path;
}

/**
 * Signs a file with an Ed25519 key (PEM), as `openssl pkeyutl -verify -rawin` checks it, and writes the public key that
 * belongs to it next to it: to compare with the published one, never to trust.
 */
export function signFile(path: string, keyFile: string): void {
  const key = readKey(keyFile);
  writeFileSync(`${path}.sig`, sign(null, readFileSync(path), key));
  writeFileSync(`${path}.pub`, createPublicKey(key).export({ type: "spki", format: "pem" }));
}

function readKey(keyFile: string) {
  let key: ReturnType<typeof createPrivateKey> | undefined;
  try {
    key = createPrivateKey(readFileSync(keyFile));
  } catch {
    // Its message could hold part of the file.
  }
  if (key?.asymmetricKeyType !== "ed25519") throw new Error(`${keyFile} is not a private Ed25519 key in PEM`);
  return key;
}
