import { createPrivateKey, X509Certificate } from "node:crypto";
import { readBounded } from "../../files/read-bounded.ts";
import type { Cli } from "./cli.ts";
import { systemReason, usageError } from "./errors.ts";

/** A certificate with those that lead to its authority, and its private key, as PEM. */
export interface ClientCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Certificates of people and their chains have a few kilobytes. */
const pemBytes = 1024 * 1024;

/**
 * The certificate of OO_CLIENT_CERT and OO_CLIENT_KEY, for an address with https. The files are read again for each
 * call, because others renew them. While they do not fit each other, such as between two writes, it is the last pair
 * that did. Undefined: none is shown. Throws `CliError` when there is no usable one at the start.
 */
export function clientCertificateOf({ env }: Pick<Cli, "env">, url: string): (() => ClientCertificate) | undefined {
  const { OO_CLIENT_CERT: certFile, OO_CLIENT_KEY: keyFile } = env;
  if (!certFile && !keyFile) return undefined;
  if (!certFile || !keyFile) throw usageError("OO_CLIENT_CERT and OO_CLIENT_KEY go together");
  if (!url.startsWith("https://")) return undefined;
  let last: ClientCertificate = { cert: read("OO_CLIENT_CERT", certFile), key: read("OO_CLIENT_KEY", keyFile) };
  if (!belongTogether(last))
    throw usageError("OO_CLIENT_CERT and OO_CLIENT_KEY must be a certificate and its private key, as PEM");
  return () => {
    try {
      const found = { cert: read("OO_CLIENT_CERT", certFile), key: read("OO_CLIENT_KEY", keyFile) };
      const isSame = found.cert.equals(last.cert) && found.key.equals(last.key);
      if (!isSame && belongTogether(found)) last = found;
    } catch {
      // They are being replaced.
    }
    return last;
  };
}

/** The options of a connection, which are looked at for each call: first `cert`, and then `key`. */
export function showCertificate(certificate: (() => ClientCertificate) | undefined): Partial<ClientCertificate> {
  if (certificate === undefined) return {};
  let latest = certificate();
  return {
    get cert() {
      latest = certificate();
      return latest.cert;
    },
    // Not read again: both files may be replaced in between.
    get key() {
      return latest.key;
    },
  };
}

function read(name: string, file: string): Buffer {
  try {
    return readBounded(file, { maxBytes: pemBytes });
  } catch (error) {
    throw usageError(`${name}: cannot read ${file}: ${systemReason(error)}`);
  }
}

function belongTogether({ cert, key }: ClientCertificate): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    // What Node says about a key may quote it.
    return false;
  }
}
