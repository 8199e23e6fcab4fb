import { hash, X509Certificate } from "node:crypto";

/** The certificate that a client has shown at the beginning of a connection, together with its private key. */
export interface PeerCertificate {
  readonly leaf: X509Certificate;
  /** What the client sent with it, and what is not an authority of our own. Nothing of it is checked yet. */
  readonly sent: readonly X509Certificate[];
  /** Whether TLS found a path from it to one of `authorities`: names, times, purposes, constraints, signatures. */
  readonly isAuthorized: boolean;
  /** What TLS checked it against. */
  readonly authorities: Authorities | undefined;
  /** SHA-256 of the certificate, in base64url: `x5t#S256` of RFC 8705. */
  readonly thumbprint: string;
}

/** Certificates of authorities that are trusted together. */
export interface Authorities {
  readonly certificates: readonly X509Certificate[];
  /** Equal for equal sets. */
  readonly id: string;
}

/** A set of authorities, each once. */
export function authoritiesOf(certificates: readonly X509Certificate[]): Authorities {
  const unique = new Map(certificates.map((each) => [each.fingerprint256, each]));
  const id = hash("sha256", [...unique.keys()].sort().join(), "hex");
  return { certificates: [...unique.values()], id };
}

/** More certificates than a chain ever has are not looked at. */
const sentMax = 8;

/** `raw`: the certificate of the client, and then others, as DER. Undefined if the first cannot be read. */
export function peerCertificateOf(
  raw: readonly Buffer[],
  isAuthorized: boolean,
  authorities: Authorities | undefined,
): PeerCertificate | undefined {
  try {
    const [leaf, ...sent] = raw.slice(0, sentMax).map((each) => new X509Certificate(each));
    if (leaf === undefined) return undefined;
    return { leaf, sent, isAuthorized, authorities, thumbprint: hash("sha256", leaf.raw, "base64url") };
  } catch {
    return undefined;
  }
}
