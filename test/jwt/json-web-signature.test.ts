import { compactVerify } from "jose";
import { expect } from "vitest";
import { createKeySet } from "../../src/jwt/jwks.ts";
import { describeWycheproof, type WycheproofGroup } from "../support/crypto/wycheproof.ts";

/** Groups of signatures have keys; those of shared secrets have no public one. */
type SignatureGroup = WycheproofGroup & { readonly public?: { readonly alg?: string } };

/** The service pins algorithms of signatures only, and a key that names one is for no other. */
function algorithmOf(jws: string): unknown {
  const [header = ""] = jws.split(".");
  return (JSON.parse(Buffer.from(header, "base64url").toString()) as { alg?: unknown }).alg;
}

const pinned = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

describeWycheproof("json_web_signature_test.json", 401, async (group, vector) => {
  const key = (group as SignatureGroup).public;
  const jws = String(vector.jws);
  const keys = createKeySet({
    load: async () => ({ keys: key === undefined ? [{ kty: "oct", k: "AAAA" }] : [key] }),
    now: () => 0,
    maxAgeMs: 1,
    onFailure: () => {},
  });
  const verify = () => compactVerify(jws, (header) => keys.find(header), { algorithms: pinned });
  const isForKey = key !== undefined && vector.result === "valid" && algorithmOf(jws) === key.alg;
  if (isForKey) await expect(verify()).resolves.toMatchObject({ protectedHeader: { alg: key.alg } });
  else await expect(verify()).rejects.toThrow();
});
