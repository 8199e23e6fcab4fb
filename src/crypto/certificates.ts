import { X509Certificate } from "node:crypto";

/** Chains have a few kilobytes, and the authorities that browsers trust 200 KB together. */
export const pemBytes = 1024 * 1024;

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** All certificates of a PEM file, at least one. Throws when there is none, or one cannot be read. */
export function parseCertificates(pem: Buffer): readonly X509Certificate[] {
  const found = [...pem.toString("latin1").matchAll(pemBlock)].map(([block]) => new X509Certificate(block));
  if (found.length === 0) throw new Error("there is no certificate in the file");
  return found;
}
