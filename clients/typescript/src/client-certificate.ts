import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A client certificate, which others renew. */
export interface ClientCertificate {
  /** What its files hold now. While they do not fit each other, such as between two writes, the last pair that did. */
  renewed(): Pair;
  /** What `renewed` returned last, so that both halves of a pair are of one reading. */
  last(): Pair;
}

/**
 * That of OO_CLIENT_CERT and OO_CLIENT_KEY, for an address with https; else undefined.
 *
 * @throws TypeError there is only one of them, or they do not fit each other; Error one cannot be read
 */
export function clientCertificate(url: string): ClientCertificate | undefined {
  const { OO_CLIENT_CERT: certFile, OO_CLIENT_KEY: keyFile } = process.env;
  if (!certFile && !keyFile) return undefined;
  if (!certFile || !keyFile) throw new TypeError("OO_CLIENT_CERT and OO_CLIENT_KEY go together");
  if (!url.startsWith("https:")) return undefined;
  const read = () => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  let last = read();
  if (!belongTogether(last)) {
    throw new TypeError("OO_CLIENT_CERT and OO_CLIENT_KEY must be a certificate and its private key, as PEM");
  }
  return {
    renewed() {
      try {
        const found = read();
        if (belongTogether(found)) last = found;
      } catch {
        // They are being replaced.
      }
      return last;
    },
    last: () => last,
  };
}

function belongTogether({ cert, key }: Pair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    // What Node says about a key may quote it.
    return false;
  }
}
