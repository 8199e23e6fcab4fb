import type { X509Certificate } from "node:crypto";
import { type CertificateNames, readCertificateExtensions } from "../crypto/certificate-extensions.ts";
import { subjectParts } from "./read-client-entry.ts";

/** The names in a certificate. Throws when they cannot be read. */
export function namesOf(certificate: X509Certificate): CertificateNames {
  return readCertificateExtensions(certificate.raw).names;
}

/**
 * What a certificate claims, in the form of the claims of a token: `uri`, `dns` and `email` are its alternative names,
 * and `subject` says where it belongs. Several of a kind are a list, and those that are not there are left out.
 */
export function claimsOf(certificate: X509Certificate, names: CertificateNames): object {
  const named = Object.entries(names).flatMap(([kind, values]) =>
    values.length === 0 ? [] : [[kind, values.length === 1 ? values[0] : values] as const],
  );
  return Object.fromEntries([...named, ["subject", subjectOf(certificate)] as const]);
}

/** To read one takes a tenth of a millisecond, each time that the caller of a connection is looked up again. */
const subjects = new WeakMap<X509Certificate, object>();

function subjectOf(certificate: X509Certificate): object {
  const known = subjects.get(certificate);
  if (known !== undefined) return known;
  const { subject } = certificate.toLegacyObject();
  const parts = Object.entries(subject as unknown as Record<string, unknown>);
  const found = Object.fromEntries(parts.filter(([name]) => subjectParts.includes(name)));
  subjects.set(certificate, found);
  return found;
}
