import type { PeerCertificate } from "../crypto/peer-certificate.ts";
import type { ProvenCaller, Refusal } from "../jwt/jwt.ts";
import type { IdentityStore } from "../store/identity-store.ts";

export interface IssuedOptions {
  readonly store: Pick<IdentityStore, "findUser">;
  /** Undefined when no issuer is trusted: then a JWT proves nothing. */
  readonly verifyJwt?:
    | ((token: string, certificate: PeerCertificate | undefined) => Promise<ProvenCaller | Refusal>)
    | undefined;
  /** Undefined when no authority of clients is trusted: then a certificate proves nothing. */
  readonly verifyCertificate?: ((peer: PeerCertificate) => ProvenCaller | Refusal) | undefined;
}

/** The holder of the JWT. `certificate`: what the client has shown in TLS. Undefined: JWTs prove nothing. */
export async function proveJwt(
  options: IssuedOptions,
  token: string,
  certificate: PeerCertificate | undefined,
): Promise<ProvenCaller | Refusal | undefined> {
  const proof = await options.verifyJwt?.(token, certificate);
  return proof && requireFreeSlug(options, proof, "JWT");
}

/** The holder of the certificate. Undefined: certificates prove nothing. */
export async function proveCertificate(
  options: IssuedOptions,
  certificate: PeerCertificate,
): Promise<ProvenCaller | Refusal | undefined> {
  const proof = options.verifyCertificate?.(certificate);
  return proof && requireFreeSlug(options, proof, "client certificate");
}

/** Neither must impersonate a user with the same slug who was created before the issuer was trusted. */
async function requireFreeSlug(
  { store }: IssuedOptions,
  proof: ProvenCaller | Refusal,
  what: string,
): Promise<ProvenCaller | Refusal> {
  if ("problem" in proof) return proof;
  const { tenant, slug } = proof.caller;
  const user = await store.findUser(tenant, slug);
  return user === undefined ? proof : { problem: `the slug of the ${what}, ${slug}, belongs to a user` };
}
