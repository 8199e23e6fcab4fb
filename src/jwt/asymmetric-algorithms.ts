/**
 * Signatures that need the issuer's private key. Nothing that is needed to check a token, nor the secret of a client,
 * must be enough to make one.
 */
export const asymmetricAlgorithms: readonly string[] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
