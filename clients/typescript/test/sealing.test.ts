/** What the client seals for the place of a vector has the form of the vector, and opens in the same way. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SealingKey } from "@secret-svc/client";
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } from "hpke";
import { expect, test, vi } from "vitest";

interface Vector {
  readonly about: string;
  readonly expect: string;
  readonly kid: string;
  readonly seed: string;
  readonly publicKey: string;
  readonly text: string;
  readonly value?: string;
  readonly valueBytes?: string;
  readonly places: readonly { readonly scope: string; readonly tenant: string; readonly target: string }[];
}

const folder = join(import.meta.dirname, "../../../test/vectors/sealed");
const vectors = readdirSync(folder).map((name): Vector => JSON.parse(readFileSync(join(folder, name), "utf8")));
const keys = new Map(vectors.filter((vector) => vector.expect === "derives").map((vector) => [vector.kid, vector]));
// The last place is what it was sealed for; clients do not seal for principals.
const sealed = vectors.filter((vector) => vector.expect === "opens" && vector.places.at(-1)?.scope === "key");
const suite = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM";

test("there are vectors", () => {
  expect(sealed.length).toBeGreaterThan(0);
});

test.each(sealed)("$about", async ({ text, value = "", valueBytes, places }) => {
  const content = valueBytes === undefined ? value : Buffer.from(valueBytes, "base64");
  const expected = Buffer.from(content);
  const place = places.at(-1);
  const key = keys.get(text.split(".")[2] ?? "");
  if (place === undefined || key === undefined) throw new Error("the vector has no place or key");
  const publicKey = Buffer.from(key.publicKey, "base64");
  const made = await new SealingKey({ kid: key.kid, suite, publicKey, tenant: place.tenant }).seal(
    place.target,
    content,
  );
  expect(made.split(".").slice(0, 4)).toEqual(text.split(".").slice(0, 4));
  expect(made.length).toBe(text.length);
  expect(await open(key, text)).toEqual(expected);
  expect(await open(key, made)).toEqual(expected);
});

/** Does what the service does. */
async function open(key: Vector, text: string): Promise<Buffer> {
  const hpke = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
  const [, , kid = "", header = "", body = ""] = text.split(".");
  const bytes = new Uint8Array(Buffer.from(body, "base64url"));
  const parts = [Buffer.from("secret-svc/seal/v1"), Buffer.from(kid, "hex"), Buffer.from(header, "base64url")];
  const privateKey = await hpke.DeserializePrivateKey(new Uint8Array(Buffer.from(key.seed, "hex")), false);
  const info = new Uint8Array(Buffer.concat(parts));
  const plaintext = await hpke.Open(privateKey, bytes.slice(0, 1120), bytes.slice(1120), { info });
  return Buffer.from(plaintext);
}

const file = { kid: "84a54dd10f1aa7af", suite, publicKey: Buffer.alloc(1216).toString("base64"), tenant: "default" };

test.each([
  [{ suite: "X25519" }, "another suite"],
  [{ kid: "ABC" }, "16 hex digits"],
  [{ tenant: "" }, "the tenant of the sealing key"],
  [{ tenant: undefined }, "is not a sealing key with a tenant"],
  [{ publicKey: "AAAA" }, "1216 bytes"],
  [{ publicKey: "canary-4711!" }, "is not a sealing key"],
])("a file that is not a sealing key: %o", (change, says) => {
  const parse = () => SealingKey.parse(JSON.stringify({ ...file, ...change }));
  expect(parse).toThrow(TypeError);
  expect(parse).toThrow(says);
  expect(parse).not.toThrow("canary");
});

test.each([
  ["canary 4711", "value", "a key has"],
  ["k".repeat(256), "value", "a key has"],
  ["KEY", "", "this one has 0"],
  ["KEY", "é".repeat(32769), "this one has 65538"],
  ["KEY", "canary-4711\ud800", "lone surrogates"],
])("what cannot be sealed: %#", async (key, value, says) => {
  const error = await SealingKey.parse(JSON.stringify(file))
    .seal(key, value)
    .catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).toContain(says);
  expect(String(error)).not.toContain("canary");
});

test("fault C15: a runtime without ML-KEM is named", async () => {
  const unsupported = new DOMException("Unrecognized algorithm name", "NotSupportedError");
  const spy = vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(unsupported);
  try {
    await expect(SealingKey.parse(JSON.stringify(file)).seal("KEY", "value")).rejects.toThrow(
      `such as that of Node 24.7 or newer; this is Node ${process.version}`,
    );
  } finally {
    spy.mockRestore();
  }
});
