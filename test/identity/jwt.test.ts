import { createHmac, createPublicKey, createSign, generateKeyPairSync, sign } from "node:crypto";
import http from "node:http";
import { describe, expect, test } from "vitest";
import { claimsOf, encode, fileOf, issuerUrl, makeSigningKey, noon, signRs256, verifierOf } from "./jwt-fixture.ts";

const key = makeSigningKey("k1");
const plain = verifierOf(fileOf(), [key.publicJwk]);
const signed = (claims: unknown, header: unknown = {}) => signRs256(key, claims, header);
const accepted = { caller: { tenant: "default", slug: "ci-payments", tokenId: "issuer:ci" } };
const refused = { problem: expect.any(String) };

async function expectRefused(tokens: readonly string[], verifier = plain): Promise<void> {
  for (const token of tokens) expect(await verifier.verify(token), token.slice(0, 200)).toEqual(refused);
}

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

  test("no alg, or one that is no text", async () => {
    for (const alg of [undefined, null, 1, ["RS256"], {}]) {
      const [, , signature] = signed(claimsOf()).split(".");
      await expectRefused([`${encode({ alg, kid: "k1" })}.${encode(claimsOf())}.${signature}`]);
    }
  });
});

test("threat 40: the public key is no shared secret", async () => {
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

  test("without a kid the one key is meant, but none of two", async () => {
    const token = signed(claimsOf(), { kid: undefined });
    expect(await plain.verify(token)).toMatchObject(accepted);
    await expectRefused([token], verifierOf(fileOf(), [key.publicJwk, makeSigningKey("k2").publicJwk]));
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

  test("jku, and nobody asks there", async () => {
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

describe("threat 44: times", () => {
  const at = (seconds: number) => verifierOf(fileOf(), [key.publicJwk], { seconds });

  test.each([[undefined], ["9999999999"], [null], [true], [[]], [-1], [0], [1e308], [-1e308], [noon + 86_431]])(
    "exp %j is refused",
    async (exp) => {
      await expectRefused([signed(claimsOf({ exp }))]);
    },
  );

  test("NaN and Infinity are no JSON", async () => {
    const text = JSON.stringify(claimsOf()).replace(String(noon + 600), "NaN");
    await expectRefused([signed(text), signed(text.replace("NaN", "Infinity")), signed(text.replace("NaN", "1e999"))]);
  });

  test("exp counts until 30 seconds after, and not a moment longer", async () => {
    const token = signed(claimsOf({ exp: noon + 100 }));
    expect(await at(noon + 129.999).verify(token)).toMatchObject(accepted);
    await expectRefused([token], at(noon + 130));
    const fraction = signed(claimsOf({ exp: noon + 100.5 }));
    expect(await at(noon + 130).verify(fraction)).toMatchObject({ endMs: (noon + 130.5) * 1000 });
    await expectRefused([fraction], at(noon + 131));
  });

  test("nbf counts from 30 seconds before", async () => {
    expect(await plain.verify(signed(claimsOf({ nbf: noon + 30 })))).toMatchObject(accepted);
    await expectRefused([31, 1e308].map((ahead) => signed(claimsOf({ nbf: noon + ahead }))));
    await expectRefused(["soon", null, {}].map((nbf) => signed(claimsOf({ nbf }))));
  });

  test("iat may be 30 seconds ahead", async () => {
    expect(await plain.verify(signed(claimsOf({ iat: noon + 30 })))).toMatchObject(accepted);
    await expectRefused([noon + 31, "now", null].map((iat) => signed(claimsOf({ iat }))));
    expect(await plain.verify(signed(claimsOf({ iat: undefined })))).toMatchObject(accepted);
  });

  test("a token may be valid for a day more, or what the issuer is given", async () => {
    expect(await plain.verify(signed(claimsOf({ exp: noon + 86_400 })))).toMatchObject(accepted);
    const brief = verifierOf(fileOf({ maxLifetime: "15m" }), [key.publicJwk]);
    expect(await brief.verify(signed(claimsOf({ exp: noon + 900 })))).toMatchObject(accepted);
    await expectRefused([signed(claimsOf({ exp: noon + 931 }))], brief);
  });
});

describe("threat 45: issuer, audience and type are exact", () => {
  test.each([
    undefined,
    "",
    `${issuerUrl}/`,
    issuerUrl.toUpperCase(),
    "https://issuer.exampl",
    [issuerUrl],
    { a: 1 },
    1,
  ])("iss %j is refused", async (iss) => {
    await expectRefused([signed(claimsOf({ iss }))]);
  });

  test.each([
    [undefined],
    [""],
    ["secret-svc/"],
    ["SECRET-SVC"],
    ["secret"],
    ["secret-svc,other"],
    [[]],
    [["other"]],
    [["secret-sv", "c"]],
    [{ "secret-svc": 1 }],
    [1],
  ])("aud %j is refused", async (aud) => {
    await expectRefused([signed(claimsOf({ aud }))]);
  });

  test("aud may be a list", async () => {
    expect(await plain.verify(signed(claimsOf({ aud: ["other", "secret-svc"] })))).toMatchObject(accepted);
  });

  test("of two entries of an issuer the audience decides, and a token for both is for none", async () => {
    const [, entry = ""] = fileOf({ audience: "other", prefix: "other" }).split("issuers:\n");
    const both = verifierOf(`${fileOf()}${entry}`, [key.publicJwk]);
    expect(await both.verify(signed(claimsOf()))).toMatchObject({ caller: { slug: "ci-payments" } });
    expect(await both.verify(signed(claimsOf({ aud: "other" })))).toMatchObject({ caller: { slug: "other-payments" } });
    await expectRefused([signed(claimsOf({ aud: ["other", "secret-svc"] }))], both);
  });

  test("typ is that of a JWT or an access token, or what the issuer is given", async () => {
    for (const typ of ["JWT", "jwt", "at+jwt", "application/at+JWT"]) {
      expect(await plain.verify(signed(claimsOf(), { typ }))).toMatchObject(accepted);
    }
    const others = ["logout+jwt", "secevent+jwt", "refresh", "dpop+jwt", "", 1, null];
    await expectRefused(others.map((typ) => signed(claimsOf(), { typ })));
    const strict = verifierOf(fileOf({ type: "at+jwt" }), [key.publicJwk]);
    expect(await strict.verify(signed(claimsOf(), { typ: "at+jwt" }))).toMatchObject(accepted);
    await expectRefused([signed(claimsOf(), { typ: "JWT" }), signed(claimsOf())], strict);
  });
});

describe("threat 46: claims that readers could understand differently are refused", () => {
  const text = JSON.stringify(claimsOf()).slice(0, -1);
  test.each([
    ["a claim twice", `${text},"sub":"app:admin"}`],
    ["a claim twice, once escaped", `${text},"s\\u0075b":"app:admin"}`],
    ["a claim twice further down", `${text},"a":{"b":[{"c":1,"c":2}]}}`],
    ["nested 2,000 deep", `${text},"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}`],
    ["nested 9 deep", `${text},"a":${'{"a":'.repeat(9)}1${"}".repeat(9)}}`],
    ["a byte order mark", `\ufeff${text}}`],
    ["something behind", `${text}} `.concat("{}")],
    ["a list", "[]"],
    ["a text", '"x"'],
    ["null", "null"],
    ["nothing", ""],
  ])("%s", async (_name, claims) => {
    await expectRefused([signed(claims)]);
  });

  test("a header with a field twice, or bytes that are not UTF-8", async () => {
    await expectRefused([signed(claimsOf(), '{"alg":"RS256","alg":"RS256","kid":"k1"}')]);
    const bad = Buffer.from(`${text},"a":"\xff"}`, "latin1").toString("base64url");
    const input = `${encode({ alg: "RS256", kid: "k1" })}.${bad}`;
    await expectRefused([`${input}.${sign("sha256", Buffer.from(input), key.privateKey).toString("base64url")}`]);
  });

  test("colons and quotes in texts, and names of objects' own parts, are nothing special", async () => {
    const odd = `${text},"a:b\\":":"\\":{\\\\","__proto__":{"sub":1},"constructor":["x:y"],"e":{}}`;
    expect(await plain.verify(signed(odd))).toMatchObject(accepted);
  });

  test("more roles than a user may have", async () => {
    const file = fileOf({
      claims: '{ sub: "app:{app}", groups: "{group}" }',
      roles: '["team-{group}"]',
      slug: '"app-{app}"',
    });
    const verifier = verifierOf(file, [key.publicJwk]);
    const groups = (count: number) => Array.from({ length: count }, (_, i) => `g${i}`);
    const most = await verifier.verify(signed(claimsOf({ groups: groups(100) })));
    expect(most).toMatchObject({ caller: { roles: { length: 100 } } });
    await expectRefused([signed(claimsOf({ groups: groups(101) }))], verifier);
  });
});

describe("threat 47: a claim that is no slug names nobody", () => {
  const bare = verifierOf(fileOf({ claims: '{ sub: "{app}" }' }), [key.publicJwk]);
  const odd = [
    ["payments"],
    { payments: 1 },
    7,
    true,
    null,
    "",
    "a".repeat(65),
    "a".repeat(6_000),
    "a/b",
    "a\u0000",
    "a\n",
    "\na",
    "Payments",
    "p\u0430yments",
    "-a",
    "a-",
    "a--b",
    "a_b",
    "a.b",
    " a",
    "../admin",
  ];
  test.each(odd.map((sub) => [sub]))("sub %.40j", async (sub) => {
    await expectRefused([signed(claimsOf({ sub }))], bare);
  });

  test("one that is, with its prefix, fits", async () => {
    expect(await bare.verify(signed(claimsOf({ sub: "a".repeat(61) })))).toMatchObject({ caller: { admin: false } });
    await expectRefused([signed(claimsOf({ sub: "a".repeat(62) }))], bare);
    expect(await bare.verify(signed(claimsOf({ sub: "admin" })))).toMatchObject({ caller: { slug: "ci-admin" } });
  });
});

test("no refusal tells anything of the token", async () => {
  const secret = "canary-in-a-token";
  for (const token of [
    signed(claimsOf({ sub: secret, x: secret })),
    signed(claimsOf({ iss: secret })),
    `${secret}.a.b`,
  ]) {
    expect(JSON.stringify(await plain.verify(token))).not.toContain("canary");
  }
});
