import tls from "node:tls";
import { ConfigError } from "../config/config-error.ts";
import { cannotRead } from "../config/setting-file.ts";
import { parseCertificates, pemBytes } from "../crypto/certificates.ts";
import type { Follower } from "../files/follow-files.ts";
import { readRegularFile } from "../files/read-bounded.ts";

const name = "NODE_EXTRA_CA_CERTS";

/**
 * Follows the file of certificate authorities that Node reads at the start. New connections to the issuers of JWTs and
 * to MongoDB trust those in the file, and no longer those that were taken out. Node before 24.5 cannot exchange them:
 * then nothing is followed.
 */
export async function followExtraAuthorities(follower: Follower, path: string): Promise<void> {
  if (typeof tls.setDefaultCACertificates !== "function") return;
  // Node reads the file when it is first asked.
  const former = new Set(tls.getCACertificates("extra"));
  // Without a readable file at the start, Node has printed a warning and goes on.
  let current = await readRegularFile(path, pemBytes).catch(() => Buffer.alloc(0));
  let others: readonly string[] | undefined;
  follower.add({
    name: "file of certificate authorities",
    when: "change",
    load: async () => {
      const found = await readRegularFile(path, pemBytes).catch((error: unknown) => {
        throw cannotRead(name, path, error);
      });
      if (found.equals(current)) return undefined;
      const extra = parse(path, found);
      return () => {
        others ??= tls.getCACertificates("default").filter((certificate) => !former.has(certificate));
        tls.setDefaultCACertificates([...others, ...extra]);
        current = found;
      };
    },
  });
}

function parse(path: string, pem: Buffer): readonly string[] {
  try {
    return parseCertificates(pem).map((certificate) => certificate.toString());
  } catch {
    throw new ConfigError(`${name}: ${path} must hold certificates, as PEM`);
  }
}
