import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { peerCertificateOf } from "../../src/crypto/peer-certificate.ts";
import { createKeySet } from "../../src/jwt/jwks.ts";
import { verifyJwt } from "../../src/jwt/jwt.ts";
import { readIssuers } from "../../src/jwt/read-issuers.ts";
import { jwtKeysOf } from "../../src/jwt/spiffe-bundle.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { derOf, makeCertificates } from "../support/certificates/make-certificates.ts";
import { encode, fileOf } from "../support/jwt/jwt-fixture.ts";

const certificates = makeCertificates();
afterAll(() => certificates.remove());
/** Later than the certificates that are made in a moment. */
const nowSeconds = Math.floor(Date.now() / 1000) + 60;

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ofCertificates = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = (key: KeyObject, kid: string, use: string) => ({ ...key.export({ format: "jwk" }), kid, use });
const bundle = {
  spiffe_sequence: 1,
  spiffe_refresh_hint: 300,
  keys: [
    jwk(publicKey, "k1", "jwt-svid"),
    { ...jwk(ofCertificates.publicKey, "k2", "x509-svid"), x5c: ["MIIB"] },
    jwk(ofCertificates.publicKey, "k3", "sig"),
  ],
};

const sub = "spiffe://a.example/ns/payments/sa/api";
const claims = (changes: object = {}) => ({ sub, aud: "secret-svc", exp: nowSeconds + 300, ...changes });

function svid(payload: object, header: object = {}, key = privateKey): string {
  const input = `${encode({ alg: "ES256", kid: "k1", ...header })}.${encode(payload)}`;
  return `${input}.${sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

function verifierOf(file: string) {
  const now = () => nowSeconds * 1000;
  const issuers = readIssuers(file, "/nowhere/issuers.yaml", () => "").issuers.map((issuer) => {
    const load = async () =>
      issuer.trustDomain === undefined ? { keys: [jwk(publicKey, "k1", "sig")] } : jwtKeysOf(bundle);
    return { issuer, keys: createKeySet({ load, now, maxAgeMs: issuer.keysMaxAgeMs, onFailure: () => {} }) };
  });
  return (token: string, certificate?: ReturnType<typeof peerCertificateOf>) =>
    verifyJwt({ issuers, now }, token, certificate);
}

const entry = clientEntry({
  clientCa: undefined,
  bundleFile: "bundle.json",
  trustDomain: "a.example",
  audience: "secret-svc",
});
const verify = verifierOf(issuersFile(entry));

describe("a JWT-SVID", () => {
  test("is the principal that the certificate of the same workload is", async () => {
    expect(await verify(svid(claims()))).toMatchObject({ caller: { slug: "mesh-payments-sa-api", roles: [] } });
  });

  test.each([{ typ: "JOSE" }, { typ: "JWT" }, { typ: "jose" }])("may have the header %j", async (header) => {
    expect(await verify(svid(claims(), header))).toHaveProperty("caller");
  });

  test("may name an issuer, which counts for nothing", async () => {
    expect(await verify(svid(claims({ iss: "https://spire.example" })))).toHaveProperty("caller");
  });

  test.each([
    ["another trust domain", claims({ sub: "spiffe://b.example/ns/payments/sa/api" }), {}],
    ["a longer trust domain", claims({ sub: "spiffe://a.example.evil/ns/payments/sa/api" }), {}],
    ["a trust domain in capitals", claims({ sub: "spiffe://A.example/ns/payments/sa/api" }), {}],
    ["a path that the claims do not name", claims({ sub: "spiffe://a.example/ns/payments" }), {}],
    ["a path that climbs", claims({ sub: "spiffe://a.example/ns/x/../payments/sa/api" }), {}],
    ["several subjects", claims({ sub: [sub] }), {}],
    ["no subject", { aud: "secret-svc", exp: nowSeconds + 300 }, {}],
    ["a claim uri instead", { ...claims({ sub: "x" }), uri: sub }, {}],
    ["another audience", claims({ aud: ["other"] }), {}],
    ["no audience", { sub, exp: nowSeconds + 300 }, {}],
    ["no end", { sub, aud: "secret-svc" }, {}],
    ["an end in the past", claims({ exp: nowSeconds - 60 }), {}],
    ["the type of an access token", claims(), { typ: "at+jwt" }],
    ["another algorithm", claims(), { alg: "ES384" }],
    ["no signature", claims(), { alg: "none" }],
  ])("threat 284: with %s is refused", async (_name, payload, header) => {
    expect(await verify(svid(payload, header))).toHaveProperty("problem");
  });

  test("threat 284: that is signed with the key of certificates is refused", async () => {
    for (const kid of ["k1", "k2", "k3", undefined]) {
      expect(await verify(svid(claims(), { kid }, ofCertificates.privateKey))).toHaveProperty("problem");
    }
  });

  test("threat 284: is refused where the entry has no audience, and where two entries could mean it", async () => {
    const none = verifierOf(issuersFile(entry.replace(/\n +audience: secret-svc/, "")));
    expect(await none(svid(claims()))).toHaveProperty("problem");
    const both = verifierOf(`${issuersFile(entry)}${fileOf().replace("issuers:\n", "")}`);
    expect(await both(svid(claims()))).toHaveProperty("caller");
    expect(await both(svid(claims({ iss: "https://issuer.example" })))).toHaveProperty("problem");
  });
});

describe("a token that is bound to a certificate", () => {
  const made = [0, 1].map(() => certificates.client(undefined, { names: "DNS:client.example" }));
  const [mine, theirs] = made.map(({ cert }) => peerCertificateOf([derOf(cert)], false, undefined));
  const ended = peerCertificateOf([derOf(certificates.client(undefined, { days: -1 }).cert)], true, undefined);
  const bound = (cnf: unknown) => svid(claims({ cnf }));

  test("counts on a connection that shows it, and as long as that is valid", async () => {
    const endMs = mine?.leaf.validToDate.getTime() ?? 0;
    const cnf = { "x5t#S256": mine?.thumbprint };
    expect(await verify(bound(cnf), mine)).toMatchObject({
      boundTo: mine?.thumbprint,
      endMs: (nowSeconds + 330) * 1000,
    });
    const long = svid(claims({ cnf, exp: nowSeconds + 86_400 }));
    expect(await verify(long, mine)).toMatchObject({ endMs });
    // One that is not bound counts on any connection.
    expect(await verify(svid(claims()), theirs)).not.toHaveProperty("boundTo");
  });

  test("threat 283: is refused on any other connection", async () => {
    const problem = expect.stringContaining("bound to a certificate (cnf), and the connection does not show it");
    for (const shown of [undefined, theirs]) {
      expect(await verify(bound({ "x5t#S256": mine?.thumbprint }), shown)).toEqual({ problem });
    }
    expect(await verify(bound({ "x5t#S256": ended?.thumbprint }), ended)).toEqual({ problem });
  });

  test.each([
    [{ jkt: "x" }],
    [{}],
    [null],
    ["text"],
    [[{ "x5t#S256": "x" }]],
    [{ "x5t#S256": ["x"] }],
    [{ "x5t#S256": undefined, jkt: "x" }],
  ])("threat 283: and so is one that is bound in another way: %j", async (cnf) => {
    const problem = "the JWT is bound to its client (cnf) in a way that this service cannot check";
    expect(await verify(bound(cnf), mine)).toEqual({ problem });
    const also = { "x5t#S256": mine?.thumbprint, jkt: "x" };
    expect(await verify(bound(also), mine)).toEqual({ problem });
  });
});
