import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePlace, formatSealed, parseSealed, type SealedPlace } from "../../src/crypto/sealed-text.ts";
import { hpkeSuite, type SealingPublicKey, sealValue } from "../../src/crypto/sealed-value.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { readOne, saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";
import { type Intruder, intrude } from "../support/hostile/database.ts";

// Whatever is done to a sealed value: it is refused with one code and one reason, and nothing is stored. Each text is
// tried by the one whose it is, who may save there, and by an admin. Every single bit is flipped in test/crypto.

let service: TestService;
let intruder: Intruder;
let alice: Api;
let key: SealingPublicKey;

const here: SealedPlace = { tenant: "default", scope: "key", target: "alice/HERE" };
const own: SealedPlace = { tenant: "default", scope: "principal", target: "alice" };
const secret = "canary-of-transplants-61c7";

beforeAll(async () => {
  service = await startService(connectJson);
  alice = await service.addUser("alice");
  await service.addUser("bob");
  await service.addUser("stranger", { tenant: "other", admin: true });
  intruder = intrude(service.dataDir);
  key = await service.as("").secrets.getSealingKey({});
  await saveOne(alice, { key: "alice/STORED", value: "as it was" });
});
afterAll(async () => {
  intruder.close();
  await service.stop();
});

const seal = (place: SealedPlace) => sealValue(key, place, secret);

/** A body that HPKE accepts, for whatever information it is bound to. */
async function rawBody(kid: string, header: Uint8Array, label = "secret-svc/seal/v1"): Promise<Buffer> {
  const info = new Uint8Array(Buffer.concat([Buffer.from(label), Buffer.from(kid, "hex"), header]));
  const publicKey = await hpkeSuite.DeserializePublicKey(new Uint8Array(key.publicKey));
  const { encapsulatedSecret, ciphertext } = await hpkeSuite.Seal(publicKey, new TextEncoder().encode(secret), {
    info,
  });
  return Buffer.concat([encapsulatedSecret, ciphertext]);
}

function bodyOf(text: string): Buffer {
  const { encapsulatedKey, ciphertext } = parseSealed(text);
  return Buffer.concat([encapsulatedKey, ciphertext]);
}

function storedEnvelope(): string {
  const { envelope } = intruder.row("SELECT envelope FROM secret WHERE key = 'alice/STORED'");
  if (!(envelope instanceof Uint8Array)) throw new Error("an envelope is a blob");
  return Buffer.from(envelope).toString("base64");
}

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const place = at < 0 ? copy.length + at : at;
  copy.writeUInt8(copy.readUInt8(place) ^ 1, place);
  return copy;
}

async function expectRefused(api: Api, target: string, value: string): Promise<string> {
  const before = intruder.revision();
  const expected = { code: "InvalidArgument", reason: "NOT_A_SEALED_VALUE", field: "secrets[0].value" } as const;
  let message = "";
  for (const validateOnly of [false, true]) {
    const secrets = [
      { key: target, value, encrypted: true },
      { key: "alice/STORED", value: "changed" },
    ];
    const refused = await expectFailure(api.secrets.saveSecrets({ secrets, validateOnly }), expected);
    expect(JSON.stringify(refused)).not.toContain(secret);
    expect(refused.details).toHaveLength(1);
    ({ message } = refused);
  }
  expect(intruder.revision(), "something was written").toBe(before);
  expect(await readOne(api, "alice/STORED")).toMatchObject({ value: "as it was", version: 1 });
  return message;
}

describe("threats 1, 2: a sealed value elsewhere", () => {
  const places: readonly (readonly [name: string, sealedFor: SealedPlace, savedAs: string])[] = [
    ["another key", here, "alice/THERE"],
    ["a key that differs in case", here, "alice/here"],
    ["a key that begins with it", here, "alice/HERE_2"],
    ["a key that is its beginning", here, "alice/HER"],
    ["a key below it", here, "alice/HERE/X"],
    ["another namespace", { ...here, target: "bob/HERE" }, "alice/HERE"],
    ["another tenant", { ...here, tenant: "other" }, "alice/HERE"],
    ["a tenant that begins with it", { ...here, tenant: "default-2" }, "alice/HERE"],
    ["another slug", { ...own, target: "bob" }, "alice/HERE"],
    ["a slug of another tenant", { ...own, tenant: "other" }, "alice/HERE"],
    ["a principal with the name of the key", { ...own, target: "alice/HERE" }, "alice/HERE"],
    ["a key with the name of the principal", { ...own, scope: "key" }, "alice/HERE"],
  ];

  it.each(places)("is refused: %s", async (_, sealedFor, savedAs) => {
    const message = await expectRefused(alice, savedAs, await seal(sealedFor));
    expect(message).toContain(`${sealedFor.target} of the tenant ${sealedFor.tenant}`);
    expect(message).toContain(`${savedAs} of the tenant default`);
  });

  it.each(places.filter(([, { scope, tenant }]) => scope === "key" || tenant !== "default"))(
    "is also refused from an admin: %s",
    async (_, sealedFor, savedAs) => {
      await expectRefused(service.admin, savedAs, await seal(sealedFor));
    },
  );
});

describe("threat 111: a sealed value that was changed", () => {
  const changes: readonly (readonly [name: string, change: (text: string) => string | Promise<string>])[] = [
    [
      "an edited header",
      async () => formatSealed(key.kid, encodePlace(here), bodyOf(await seal({ ...here, target: "bob/HERE" }))),
    ],
    [
      "a body that was sealed for the principal",
      async () => formatSealed(key.kid, encodePlace(here), bodyOf(await seal(own))),
    ],
    ["an edited kid", (text) => formatSealed("0123456789abcdef", encodePlace(here), bodyOf(text))],
    [
      "another label",
      async () =>
        formatSealed(key.kid, encodePlace(here), await rawBody(key.kid, encodePlace(here), "secret-svc/seal/v0")),
    ],
    [
      "another kid in what it is bound to",
      async () => formatSealed(key.kid, encodePlace(here), await rawBody("0123456789abcdef", encodePlace(here))),
    ],
    [
      "a flipped bit of the ML-KEM ciphertext",
      (text) => formatSealed(key.kid, encodePlace(here), flipped(bodyOf(text), 0)),
    ],
    [
      "a flipped bit of the X25519 share",
      (text) => formatSealed(key.kid, encodePlace(here), flipped(bodyOf(text), 1100)),
    ],
    [
      "a flipped bit of the ciphertext",
      (text) => formatSealed(key.kid, encodePlace(here), flipped(bodyOf(text), 1121)),
    ],
    ["a flipped bit of the tag", (text) => formatSealed(key.kid, encodePlace(here), flipped(bodyOf(text), -1))],
    ["a flipped bit of the header", (text) => formatSealed(key.kid, flipped(encodePlace(here), -1), bodyOf(text))],
    [
      "a header with more behind it",
      (text) => formatSealed(key.kid, Buffer.concat([encodePlace(here), Buffer.of(0)]), bodyOf(text)),
    ],
    ["truncated by a byte", (text) => formatSealed(key.kid, encodePlace(here), bodyOf(text).subarray(0, -1))],
    [
      "truncated to the encapsulated key",
      (text) => formatSealed(key.kid, encodePlace(here), bodyOf(text).subarray(0, 1120)),
    ],
    ["truncated as a text", (text) => text.slice(0, -1)],
    [
      "extended by a byte",
      (text) => formatSealed(key.kid, encodePlace(here), Buffer.concat([bodyOf(text), Buffer.of(0)])),
    ],
    ["extended as a text", (text) => `${text}A`],
    [
      "random bytes of the right length",
      (text) => formatSealed(key.kid, encodePlace(here), randomBytes(bodyOf(text).length)),
    ],
    [
      "the ciphertext of another",
      async (text) => {
        const other = bodyOf(await seal(here));
        return formatSealed(
          key.kid,
          encodePlace(here),
          Buffer.concat([bodyOf(text).subarray(0, 1120), other.subarray(1120)]),
        );
      },
    ],
    ["another version", (text) => text.replace("seal.v1.", "seal.v2.")],
    ["the prefix in capitals", (text) => text.replace("seal.v1.", "SEAL.v1.")],
    ["the kid in capitals", (text) => text.replace(key.kid, key.kid.toUpperCase().replace(/^./, "A"))],
    ["a part more", (text) => `${text}.AAAA`],
    ["a part less", (text) => text.slice(0, text.lastIndexOf("."))],
    ["base64 with padding", (text) => `${text}==`],
    ["base64 of the other alphabet", (text) => text.replace(/....$/, "+/+/")],
    ["base64 with a line break", (text) => text.replace(/....$/, "\n$&")],
    ["base64 with junk", (text) => text.replace(/....$/, "!!!!$&")],
    ["a line break at the end", (text) => `${text}\n`],
    ["white space before it", (text) => ` ${text}`],
    ["quotes around it", (text) => `"${text}"`],
    ["an envelope from the database", storedEnvelope],
    ["nothing", () => ""],
  ];

  it.each(changes)("is refused: %s", async (_, change) => {
    const text = await seal(here);
    const changed = await change(text);
    expect(changed).not.toBe(text);
    for (const api of [alice, service.admin]) await expectRefused(api, here.target, changed);
    const decrypted = alice.secrets.decryptValue({ value: changed });
    await expect(decrypted).rejects.toThrow();
  });

  it("and as it is, it is saved", async () => {
    await saveOne(alice, { key: here.target, value: await seal(here), encrypted: true });
    expect(await readOne(alice, here.target)).toMatchObject({ value: secret });
  });
});

describe("each character of a sealed value", () => {
  it("threat 111: changed or left out, makes it another text, which is refused with the same reason", async () => {
    const text = await seal(here);
    const start = text.length - 30;
    const variants = Array.from({ length: 30 }, (_, at) => start + at).flatMap((at) => {
      const changed = text[at] === "A" ? "B" : "A";
      return [text.slice(0, at) + changed + text.slice(at + 1), text.slice(0, at) + text.slice(at + 1)];
    });
    const before = intruder.revision();
    for (const value of variants) {
      const save = alice.secrets.saveSecrets({ secrets: [{ key: here.target, value, encrypted: true }] });
      await expectFailure(save, { code: "InvalidArgument", reason: "NOT_A_SEALED_VALUE", key: here.target });
    }
    expect(intruder.revision()).toBe(before);
  });
});

describe("threat 104: a secret whose row was edited", () => {
  it("opens nothing that was sealed for it: whether the caller may read it cannot be known", async () => {
    const target = "alice/EDITED";
    const value = await seal({ ...here, target });
    await saveOne(alice, { key: target, value, encrypted: true });
    expect(await intruder.run("UPDATE secret SET owner = 'mallory' WHERE key = ?", target)).toBe(1);
    for (const api of [alice, service.admin]) {
      const refused = api.secrets.decryptValue({ value });
      await expectFailure(refused, { code: "DataLoss", reason: "INTEGRITY", key: target, field: "value" });
    }
  });
});
