import { sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { claimsOf, encode, fileOf, issuerUrl, noon, verifierOf } from "../support/jwt/jwt-fixture.ts";
import { accepted, expectRefused, key, plain, signed } from "../support/jwt/plain-issuer.ts";

describe("threat 44: times", () => {
  const at = (seconds: number) => verifierOf(fileOf(), [key.publicJwk], { seconds });

  test.each([[undefined], ["9999999999"], [null], [true], [[]], [-1], [0], [1e308], [-1e308], [noon + 86_431]])(
    "exp %j is refused",
    async (exp) => {
      await expectRefused([signed(claimsOf({ exp }))]);
    },
  );

  test("NaN and Infinity are not JSON", async () => {
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

  test.each([{ jkt: "x" }, { "x5t#S256": "x" }, {}, null])("a token for one client only: cnf %j", async (cnf) => {
    const refusal = await plain.verify(signed(claimsOf({ cnf })));
    expect(refusal).toEqual({
      problem: expect.stringContaining("the JWT is bound to"),
    });
  });

  test("fault C6: more roles than a user may have, and the refusal says so", async () => {
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
    const { problem } = (await verifier.verify(signed(claimsOf({ groups: groups(130) })))) as { problem: string };
    expect(problem, "fault C6").toBe("the claims of the JWT make 130 roles, and a caller has at most 100");
  });
});

describe("threat 47: a claim that is not a slug names no one", () => {
  const bare = verifierOf(fileOf({ claims: '{ sub: "{app}" }' }), [key.publicJwk]);
  const odd = [
    ["payments"],
    { payments: 1 },
    7.5,
    -7,
    2 ** 53,
    1e300,
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

test("fault C6: a claim that is a whole number is its decimal text", async () => {
  const file = fileOf({ claims: '{ project_id: "42", run: "{run}" }', slug: '"run-{run}"' });
  const verifier = verifierOf(file, [key.publicJwk]);
  const run = 9_007_199_254_740_991;
  const accept = { caller: { slug: `ci-run-${run}` } };
  expect(await verifier.verify(signed(claimsOf({ project_id: 42, run })))).toMatchObject(accept);
  expect(await verifier.verify(signed(claimsOf({ project_id: "42", run: String(run) })))).toMatchObject(accept);
  const text = JSON.stringify(claimsOf({ project_id: 42, run: "RUN" }));
  // Beyond 2^53 these are read as one number.
  const beyond = ["9007199254740992", "9007199254740993", "42.5", "-42"].map((each) => text.replace('"RUN"', each));
  const others = [42.5, 43, 420, -42, [[42]], { 42: 42 }].map((project_id) => claimsOf({ project_id, run }));
  await expectRefused(
    [...beyond, ...others].map((claims) => signed(claims)),
    verifier,
  );
  expect(await verifier.verify(signed(claimsOf({ project_id: [41, 42], run })))).toMatchObject(accept);
});

test("no refusal reveals anything of the token", async () => {
  const secret = "canary-in-a-token";
  for (const token of [
    signed(claimsOf({ sub: secret, x: secret })),
    signed(claimsOf({ iss: secret })),
    `${secret}.a.b`,
  ]) {
    expect(JSON.stringify(await plain.verify(token))).not.toContain("canary");
  }
});
