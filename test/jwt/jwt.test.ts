import { createHmac, createPublicKey, createSign, generateKeyPairSync, sign } from "node:crypto";
import http from "node:http";
import { describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { claimsOf, encode, fileOf, makeSigningKey, noon, signRs256, verifierOf } from "../support/jwt/jwt-fixture.ts";
import { accepted, expectRefused, key, plain, signed } from "../support/jwt/plain-issuer.ts";

test("a token of a known issuer is its subject, without any right of its own", async () => {
  const { clock } = plain;
  expect(clock.seconds).toBe(noon);
  const proof = await plain.verify(signed(claimsOf()));
  expect(proof).toEqual({
    caller: {
      tenant: "default",
      slug: "ci-payments",
      roles: [],
      admin: false,
      operator: false,
      grants: [],
      tokenId: "issuer:ci",
      tokenExpireAtMs: (noon + 600) * 1000,
    },
    endMs: (noon + 630) * 1000,
  });
});

describe("threat 39: a token without a signature proves nothing", () => {
  test.each(["none", "None", "NONE", "nOnE", ""])("alg %j", async (alg) => {
    const input = `${encode({ alg, kid: "k1" })}.${encode(claimsOf())}`;
    await expectRefused([input, `${input}.`, `${input}.AA`, `${input}.${encode("")}`]);
  });

  test("no alg, or one that is not a text", async () => {
    for (const alg of [undefined, null, 1, ["RS256"], {}]) {
      const [, , signature] = signed(claimsOf()).split(".");
      await expectRefused([`${encode({ alg, kid: "k1" })}.${encode(claimsOf())}.${signature}`]);
    }
  });
});

test("threat 40: the public key is not a shared secret", async () => {
  const publicKey = createPublicKey(key.privateKey);
  const forms = [
    publicKey.export({ type: "spki", format: "pem" }),
    publicKey.export({ type: "spki", format: "der" }),
    publicKey.export({ type: "pkcs1", format: "pem" }),
    JSON.stringify(key.publicJwk),
    String(key.publicJwk.n),
  ];
  for (const form of forms) {
    for (const alg of ["HS256", "RS256"]) {
      const input = `${encode({ alg, kid: "k1" })}.${encode(claimsOf())}`;
      await expectRefused([`${input}.${createHmac("sha256", form).update(input).digest("base64url")}`]);
    }
  }
});

test("threat 40: a shared secret in the issuer's set is not used", async () => {
  const k = Buffer.alloc(32, 7);
  const secret = { kty: "oct", k: k.toString("base64url"), kid: "k2", alg: "HS256" };
  const input = `${encode({ alg: "HS256", kid: "k2" })}.${encode(claimsOf())}`;
  const token = `${input}.${createHmac("sha256", k).update(input).digest("base64url")}`;
  await expectRefused([token], verifierOf(fileOf(), [key.publicJwk, secret]));
});

describe("threat 41: an algorithm that is not the pinned one is refused", () => {
  const rsa = (alg: string, hash: string, options: object) => {
    const input = `${encode({ alg, kid: "k1" })}.${encode(claimsOf())}`;
    return `${input}.${sign(hash, Buffer.from(input), { key: key.privateKey, ...options }).toString("base64url")}`;
  };
  const pss = { padding: 6, saltLength: 32 };
  const { alg: _alg, ...anyAlg } = key.publicJwk;

  test("though the signature is right, and the key fits it", async () => {
    await expectRefused([rsa("RS512", "sha512", {}), rsa("PS256", "sha256", pss)]);
    await expectRefused([rsa("RS512", "sha512", {}), rsa("PS256", "sha256", pss)], verifierOf(fileOf(), [anyAlg]));
  });

  test("and a pinned one is refused with a key for another", async () => {
    const both = fileOf({ algorithms: "[RS256, PS256]" });
    await expectRefused([rsa("PS256", "sha256", pss)], verifierOf(both, [key.publicJwk]));
    expect(await verifierOf(both, [anyAlg]).verify(rsa("PS256", "sha256", pss))).toMatchObject(accepted);
  });

  test("a key of 1024 bits is refused", async () => {
    const small = makeSigningKey("k1", 1024);
    await expectRefused([signRs256(small, claimsOf())], verifierOf(fileOf(), [small.publicJwk]));
  });

  test("ES256 with zeros, in DER, too long or too short", async () => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "e1", alg: "ES256" };
    const verifier = verifierOf(fileOf({ algorithms: "[ES256]" }), [jwk]);
    const input = `${encode({ alg: "ES256", kid: "e1" })}.${encode(claimsOf())}`;
    const raw = sign("sha256", Buffer.from(input), { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
    const token = (signature: Buffer) => `${input}.${signature.toString("base64url")}`;
    expect(await verifier.verify(token(raw))).toMatchObject(accepted);
    const der = createSign("sha256").update(input).sign(pair.privateKey);
    const padded = Buffer.concat([Buffer.alloc(1), raw]);
    const wrong = [Buffer.alloc(64), der, padded, raw.subarray(0, 63), Buffer.concat([raw, raw]), Buffer.alloc(1)];
    await expectRefused(wrong.map(token), verifier);
  });
});

describe("threat 42: a kid is looked up in the issuer's keys and nowhere else", () => {
  const odd = ["k2", "../../dev/null", "' OR 1=1 --", "__proto__", "constructor", "k".repeat(6_000), "", "K1", "k1 "];
  test.each(odd)("unknown kid %.30j is refused", async (kid) => {
    await expectRefused([signed(claimsOf(), { kid })]);
  });

  test.each([1, null, ["k1"], { k1: 1 }, true])("kid %j is refused", async (kid) => {
    await expectRefused([signed(claimsOf(), { kid })]);
  });

  test("a kid that two keys have is refused", async () => {
    const other = makeSigningKey("k1");
    const verifier = verifierOf(fileOf(), [key.publicJwk, other.publicJwk]);
    await expectRefused([signed(claimsOf()), signRs256(other, claimsOf())], verifier);
  });

  test("fault C6: without a kid, the keys for its algorithm are tried, a few at most", async () => {
    const token = signed(claimsOf(), { kid: undefined });
    expect(await plain.verify(token)).toMatchObject(accepted);
    const other = makeSigningKey("k2").publicJwk;
    const weak = makeSigningKey("k3", 1024).publicJwk;
    const forAnother = { ...makeSigningKey("k4").publicJwk, alg: "PS256" };
    const keys = [weak, other, forAnother, key.publicJwk];
    expect(await verifierOf(fileOf(), keys).verify(token)).toMatchObject(accepted);
    await expectRefused([token], verifierOf(fileOf(), [other, forAnother]));
    await expectRefused([signed(claimsOf(), { kid: undefined, alg: "PS256" })], verifierOf(fileOf(), keys));
    // Claims count only after a signature does.
    const late = signed(claimsOf({ exp: noon - 31 }), { kid: undefined });
    expect(await verifierOf(fileOf(), keys).verify(late)).toEqual({ problem: "the JWT has expired" });
    const wrongOnes = (count: number) => Array.from({ length: count }, () => other);
    const tried = limits.jwtKeysTried;
    expect(await verifierOf(fileOf(), [...wrongOnes(tried - 1), key.publicJwk]).verify(token)).toMatchObject(accepted);
    await expectRefused([token], verifierOf(fileOf(), [...wrongOnes(tried), key.publicJwk]));
  });

  test("a flood of unknown kids loads the keys once in half a minute", async () => {
    const verifier = verifierOf(fileOf(), [key.publicJwk]);
    for (let i = 0; i < 50; i += 1) await expectRefused([signed(claimsOf(), { kid: `flood-${i}` })], verifier);
    expect(verifier.loads.count).toBe(1);
    verifier.clock.seconds += 30;
    await Promise.all([1, 2, 3, 4].map((i) => expectRefused([signed(claimsOf(), { kid: `more-${i}` })], verifier)));
    expect(verifier.loads.count).toBe(2);
  });
});

describe("threat 43: a token that brings or names its own key, or is more than a signed text, is refused", () => {
  const attacker = makeSigningKey("k1");
  const { publicJwk } = attacker;
  test.each([
    ["jwk", publicJwk],
    ["x5c", ["MIIB"]],
    ["x5u", "https://attacker.example/cert.pem"],
    ["crit", ["exp"]],
    ["crit", ["b64"]],
    ["b64", false],
    ["zip", "DEF"],
    ["enc", "A256GCM"],
    ["cty", "JWT"],
  ])("%s", async (name, value) => {
    for (const by of [attacker, key]) await expectRefused([signRs256(by, claimsOf(), { [name]: value })]);
  });

  test("jku, and no one asks there", async () => {
    let asked = 0;
    const server = http.createServer((_request, response) => {
      asked += 1;
      response.end(JSON.stringify({ keys: [publicJwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const jku = `http://127.0.0.1:${port}/`;
    await expectRefused([signRs256(attacker, claimsOf(), { jku }), signed(claimsOf(), { jku })]);
    await new Promise((resolve) => server.close(resolve));
    expect(asked).toBe(0);
  });

  test("an encrypted token, or one signed in JSON", async () => {
    await expectRefused([
      `${encode({ alg: "RSA-OAEP", enc: "A256GCM", kid: "k1" })}.AA.AA.AA.AA`,
      "{}",
      "a.b",
      "a.b.c.d",
    ]);
  });
});
