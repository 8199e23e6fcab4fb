import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { type Authorities, type PeerCertificate, peerCertificateOf } from "../../crypto/peer-certificate.ts";

/**
 * The certificate that a client has shown in the handshake that is just over, with those that it sent for the way to an
 * authority. Undefined without one, and on a resumed session: there the certificate is not checked again, not even its
 * end. Sessions are not resumed while clients are asked for certificates, so this is a second lock.
 */
export function shownCertificate(socket: TLSSocket, authorities: Authorities): PeerCertificate | undefined {
  if (socket.isSessionReused()) return undefined;
  try {
    return peerCertificateOf(rawOf(socket), socket.authorized, authorities);
  } catch {
    // A certificate that Node cannot put into words must not end the process: this runs in an event.
    return undefined;
  }
}

/** Those that a stranger sends along count for nothing, and a hundred of them take ten milliseconds to read. */
function rawOf(socket: TLSSocket): readonly Buffer[] {
  const raw: Buffer[] = [];
  const seen = new Set<string>();
  // An empty object when there is none; a self-signed one is its own issuer.
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(socket.authorized);
  while (next?.raw !== undefined && next.fingerprint256 !== undefined && !seen.has(next.fingerprint256)) {
    raw.push(next.raw);
    seen.add(next.fingerprint256);
    next = next.issuerCertificate;
  }
  return raw;
}
