import { constants } from "node:crypto";
import https from "node:https";
import type { SecureContextOptions, Server } from "node:tls";
import type { Authorities } from "../../crypto/peer-certificate.ts";

export interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface TlsOptions {
  readonly pair: TlsPair;
  /** Which key exchanges are accepted. `default`: those that Node accepts, with post-quantum ones first. */
  readonly groups: "default" | "pq-only";
  /** Whose certificates clients may show. Undefined: they are not asked for one. */
  readonly authorities: Authorities | undefined;
}

/** Recorded traffic stays secret from a quantum computer. TLS 1.2 has no such key exchange. */
const postQuantumOnly = { ecdhCurve: "X25519MLKEM768", minVersion: "TLSv1.3" } as const;

/** A resumed session would not check the certificate of its client again, and a renegotiation would bring another. */
const proofEachTime = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;

/** The settings of TLS. Clients without a certificate are let in: they may have a token. */
export function tlsSettings(options: TlsOptions): SecureContextOptions & https.ServerOptions {
  const { authorities } = options;
  const context = contextOf(options);
  return authorities === undefined ? context : { ...context, requestCert: true, rejectUnauthorized: false };
}

/**
 * Uses these settings for new connections. Throws if the server has no TLS, or if the key is not that of the
 * certificate; then the former ones stay.
 */
export function replaceTlsSettings(server: object, options: TlsOptions): void {
  if (!(server instanceof https.Server)) throw new Error("this server has no TLS");
  // What is not given again would be as in Node's defaults.
  server.setSecureContext(contextOf(options));
  // Node reads these at each new connection, and has no other way to change them.
  Object.assign(server satisfies Server, {
    requestCert: options.authorities !== undefined,
    rejectUnauthorized: options.authorities === undefined,
  });
}

function contextOf({ pair: { cert, key }, groups, authorities }: TlsOptions): SecureContextOptions {
  return {
    cert,
    key,
    ...(groups === "pq-only" ? postQuantumOnly : {}),
    ...(authorities === undefined
      ? {}
      : { ca: authorities.certificates.map((each) => each.toString()), secureOptions: proofEachTime }),
  };
}
