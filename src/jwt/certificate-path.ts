import type { KeyObject, X509Certificate } from "node:crypto";
import { readCertificateExtensions } from "../crypto/certificate-extensions.ts";
import type { Authorities, PeerCertificate } from "../crypto/peer-certificate.ts";

/** The longest way from a certificate to an authority of ours. Real ones have one or two steps. */
const stepsMax = 6;

const clientPurposes = ["1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];
const curves = ["prime256v1", "secp384r1", "secp521r1"];
const rsaBits = 2048;

/**
 * The authorities between a certificate and the first one of `authorities` that it comes from, that one included;
 * undefined when there is no way.
 *
 * TLS has checked the certificate against the authorities of all entries together, and does not say which one it ended
 * at. What it checked on that way need not hold on this one. So everything is checked again here, and names that an
 * authority may not give out, which are not read here, only count as checked when both sets were the same.
 */
export function pathTo(
  { leaf, sent, authorities: checked }: PeerCertificate,
  authorities: Authorities,
  nowMs: number,
): readonly X509Certificate[] | undefined {
  const isSameSet = checked?.id === authorities.id;
  const path: X509Certificate[] = [];
  let current = leaf;
  while (path.length < stepsMax) {
    const issuedCurrent = (other: X509Certificate) => hasIssued(other, current);
    const end = authorities.certificates.find(issuedCurrent);
    const next = end ?? sent.find((other) => !path.includes(other) && issuedCurrent(other));
    if (next === undefined || !isAuthority(next, nowMs, path.length, isSameSet)) return undefined;
    path.push(next);
    if (end !== undefined) return path;
    current = next;
  }
  return undefined;
}

/**
 * Whose signature has been checked. It takes most of the time, never changes, and is asked for again while connections
 * are open: a thousand of them would take a third of a processor.
 */
const signatures = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

function hasIssued(issuer: X509Certificate, subject: X509Certificate): boolean {
  if (!subject.checkIssued(issuer)) return false;
  const known = signatures.get(subject) ?? new WeakMap<X509Certificate, boolean>();
  signatures.set(subject, known);
  const isSigned = known.get(issuer) ?? subject.verify(issuer.publicKey);
  known.set(issuer, isSigned);
  return isSigned;
}

/** `below`: the authorities between it and the certificate of the client. */
function isAuthority(certificate: X509Certificate, nowMs: number, below: number, isSameSet: boolean): boolean {
  const { keyUsage } = certificate;
  // Without a purpose, an authority may be used for any.
  const isForClients = keyUsage === undefined || clientPurposes.some((purpose) => keyUsage.includes(purpose));
  if (!certificate.ca || !isForClients || !isTimely(certificate, nowMs) || !isStrong(certificate)) return false;
  const { pathLength, hasNameConstraints } = readCertificateExtensions(certificate.raw);
  return (pathLength === undefined || below <= pathLength) && (isSameSet || !hasNameConstraints);
}

/** Whether a certificate is valid now. */
export function isTimely({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime();
}

/** Whether it has a key and a signature that no one can forge. */
export function isStrong(certificate: X509Certificate): boolean {
  const { signatureAlgorithm } = certificate;
  // Node before 24.9 does not say. What TLS accepts by default is strong enough.
  if (signatureAlgorithm !== undefined && /md5|sha-?1(?!\d)/i.test(signatureAlgorithm)) return false;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = readKey(certificate) ?? {};
  if (type === "ec") return curves.includes(details?.namedCurve ?? "");
  if (type === "rsa") return (details?.modulusLength ?? 0) >= rsaBits;
  return type === "ed25519" || type === "ed448";
}

/** Node throws for a key that it cannot read. */
function readKey(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** A certificate for servers only must not be used by a client, nor one whose purpose is not written down. */
export function isForClients({ keyUsage }: X509Certificate): boolean {
  return keyUsage?.includes("1.3.6.1.5.5.7.3.2") === true;
}
