import { expect } from "vitest";
import { fileOf, makeSigningKey, signRs256, verifierOf } from "./jwt-fixture.ts";

/** The one key of an issuer like any other. */
export const key = makeSigningKey("k1");
/** Knows that issuer only. */
export const plain = verifierOf(fileOf(), [key.publicJwk]);
/** A token of that issuer: claims and header as in `signRs256`. */
export const signed = (claims: unknown, header: unknown = {}) => signRs256(key, claims, header);

/** What comes of a token with the claims of `claimsOf`. */
export const accepted = { caller: { tenant: "default", slug: "ci-payments", tokenId: "issuer:ci" } };
const refused = { problem: expect.any(String) };

export async function expectRefused(tokens: readonly string[], verifier = plain): Promise<void> {
  for (const token of tokens) expect(await verifier.verify(token), token.slice(0, 200)).toEqual(refused);
}
