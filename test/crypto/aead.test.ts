import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openAead, sealAead } from "../../src/crypto/aead.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { describeWycheproof, hexOf } from "../support/crypto/wycheproof.ts";

describeWycheproof("aes_gcm_test.json", 316, (group, vector) => {
  const [key, nonce, message] = [hexOf(vector, "key"), hexOf(vector, "iv"), hexOf(vector, "msg")];
  const associatedData = hexOf(vector, "aad");
  const sealed = Buffer.concat([hexOf(vector, "ct"), hexOf(vector, "tag")]);
  if (group.keySize !== 256 || group.ivSize !== 96 || group.tagSize !== 128) {
    expect(() => openAead(key, nonce, sealed, associatedData)).toThrow(RangeError);
    expect(() => sealAead(key, nonce, message, associatedData)).toThrow(RangeError);
  } else if (vector.result === "valid") {
    expect(openAead(key, nonce, sealed, associatedData)).toEqual(message);
    expect(sealAead(key, nonce, message, associatedData)).toEqual(sealed);
  } else {
    expect(() => openAead(key, nonce, sealed, associatedData)).toThrow(IntegrityError);
  }
});

describe("AEAD", () => {
  const key = Buffer.alloc(32, 1);
  const nonce = Buffer.alloc(12, 2);
  const associatedData = Buffer.from("place");

  test.each([0, 16, 24, 31, 33, 64])("a key of %i bytes is refused", (size) => {
    expect(() => sealAead(Buffer.alloc(size), nonce, Buffer.of(), associatedData)).toThrow(RangeError);
    expect(() => openAead(Buffer.alloc(size), nonce, Buffer.alloc(16), associatedData)).toThrow(RangeError);
  });

  test.each([0, 8, 11, 13, 16])("a nonce of %i bytes is refused", (size) => {
    expect(() => sealAead(key, Buffer.alloc(size), Buffer.of(), associatedData)).toThrow(RangeError);
    expect(() => openAead(key, Buffer.alloc(size), Buffer.alloc(16), associatedData)).toThrow(RangeError);
  });

  test("threat 111: a tag shorter than 16 bytes is refused at every length", () => {
    for (let tagBytes = 0; tagBytes < 16; tagBytes += 1) {
      const sealed = sealAead(key, nonce, Buffer.of(), associatedData).subarray(0, tagBytes);
      expect(() => openAead(key, nonce, sealed, associatedData)).toThrow(IntegrityError);
    }
    // A message that was really made with a 4-byte tag, which Node opens when the length is left open.
    const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: 4 });
    cipher.setAAD(associatedData);
    const body = Buffer.concat([cipher.update(Buffer.alloc(20)), cipher.final()]);
    const short = Buffer.concat([body, cipher.getAuthTag()]);
    expect(() => openAead(key, nonce, short, associatedData)).toThrow(IntegrityError);
  });

  test("other associated data is refused", () => {
    const sealed = sealAead(key, nonce, Buffer.from("text"), associatedData);
    expect(() => openAead(key, nonce, sealed, Buffer.from("Place"))).toThrow(IntegrityError);
    expect(() => openAead(key, nonce, sealed, Buffer.of())).toThrow(IntegrityError);
  });

  test("every failure reads the same and has no cause", () => {
    const error = new IntegrityError();
    expect(error.message).toBe("stored data failed verification");
    expect(error.name).toBe("IntegrityError");
    expect(error).not.toHaveProperty("cause");
  });
});
