import { X509Certificate } from "node:crypto";

interface BundleKey {
  readonly use?: unknown;
  readonly x5c?: unknown;
}

/** The keys of use `jwt-svid`, as a JSON Web Key Set. Throws when it is not a SPIFFE bundle. */
export function jwtKeysOf(bundle: unknown): { readonly keys: readonly object[] } {
  const keys = keysOf(bundle).filter(({ use }) => use === "jwt-svid");
  // Their use has another name elsewhere.
  return { keys: keys.map(({ use: _use, ...key }) => key) };
}

/** The authorities: keys of use `x509-svid`, each with one certificate. Throws when it is not a SPIFFE bundle. */
export function certificatesOf(bundle: unknown): readonly X509Certificate[] {
  const keys = keysOf(bundle).filter(({ use }) => use === "x509-svid");
  return keys.map(({ x5c }) => {
    const [certificate, ...others] = x5c as readonly string[];
    if (others.length > 0) throw new Error("a key has several certificates");
    return new X509Certificate(Buffer.from(certificate ?? "", "base64"));
  });
}

function keysOf(bundle: unknown): readonly BundleKey[] {
  const isBundle = typeof bundle === "object" && bundle !== null && "keys" in bundle && Array.isArray(bundle.keys);
  if (!isBundle) throw new Error("it is not a SPIFFE bundle");
  return bundle.keys as readonly BundleKey[];
}
