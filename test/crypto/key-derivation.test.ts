import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from "node:crypto";
import { expect } from "vitest";
import { describeWycheproof, hexOf } from "../support/crypto/wycheproof.ts";

// Keys go in as KeyObjects, as they do in the keyring.

describeWycheproof("hkdf_sha256_test.json", 86, (_group, vector) => {
  const derive = () => {
    const key = createSecretKey(hexOf(vector, "ikm"));
    return Buffer.from(hkdfSync("sha256", key, hexOf(vector, "salt"), hexOf(vector, "info"), vector.size ?? 0));
  };
  if (vector.result === "valid") expect(derive()).toEqual(hexOf(vector, "okm"));
  else expect(derive).toThrow();
});

describeWycheproof("hmac_sha256_test.json", 174, (group, vector) => {
  const tagBytes = (group.tagSize ?? 0) / 8;
  const mac = createHmac("sha256", createSecretKey(hexOf(vector, "key")))
    .update(hexOf(vector, "msg"))
    .digest();
  expect(timingSafeEqual(mac.subarray(0, tagBytes), hexOf(vector, "tag"))).toBe(vector.result === "valid");
});
