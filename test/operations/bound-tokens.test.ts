import { generateKeyPairSync, hash, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callOnce, connectWith } from "../support/certificates/call-with-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { derOf, type Made, makeCertificates } from "../support/certificates/make-certificates.ts";
import { type MutualService, startMutualService } from "../support/certificates/mutual-service.ts";
import { encode } from "../support/jwt/jwt-fixture.ts";

const certificates = makeCertificates();
const authority = certificates.authority("clients");
const names = "URI:spiffe://a.example/ns/payments/sa/api";
const mine = certificates.client(authority, { names });
const theirs = certificates.client(authority, { names: "URI:spiffe://a.example/ns/other/sa/api" });
/** From no authority that the service accepts, and for another time. */
const stranger = certificates.client(undefined, { names: "DNS:client.example" });
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
let service: MutualService;

const thumbprintOf = ({ cert }: Made) => hash("sha256", derOf(cert), "base64url");

let count = 0;
/** The header of a token that only the holder of the certificate may use; another one each time. */
function boundTo(made: Made): { authorization: string } {
  count += 1;
  const exp = Math.floor(Date.now() / 1000) + 600;
  const bond = { cnf: { "x5t#S256": thumbprintOf(made) } };
  const claims = { iss: "https://issuer.example", aud: "secret-svc", sub: "app:api", jti: `${count}`, exp, ...bond };
  const input = `${encode({ alg: "ES256", kid: "k1" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return { authorization: `Bearer ${input}.${signature.toString("base64url")}` };
}

beforeAll(async () => {
  certificates.write("clients.pem", authority.cert);
  certificates.write("keys.json", JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1" }] }));
  const issuer = clientEntry({
    clientCa: undefined,
    issuer: "https://issuer.example",
    audience: "secret-svc",
    jwksFile: "keys.json",
    algorithms: "[ES256]",
    claims: '{ sub: "app:{app}" }',
    prefix: "ci",
    slug: '"{app}"',
  });
  service = await startMutualService(certificates, issuersFile(clientEntry(), issuer), {
    SECRET_SVC_VAULT_API: "on",
  });
});
afterAll(async () => {
  await service.stop();
  certificates.remove();
});

const slugOf = (text: string) => (JSON.parse(text) as { slug?: string }).slug;

describe.each([1, 2] as const)("over HTTP/%i, a token that is bound to a certificate", (version) => {
  test("is that of its own subject, on each connection that shows the certificate", async () => {
    for (const made of [mine, stranger]) {
      const headers = boundTo(made);
      expect(slugOf((await callOnce(version, service.url, made, headers)).text)).toBe("ci-api");
      expect(slugOf((await callOnce(version, service.url, made, headers)).text)).toBe("ci-api");
    }
  });

  test("threat 283: is refused on another connection, also while its caller is cached", async () => {
    const headers = boundTo(mine);
    const holder = await connectWith(version, service.url, mine);
    const call = () => holder.call(undefined, undefined, headers);
    for (const shown of [{}, theirs, stranger]) {
      const before = await callOnce(version, service.url, shown, headers);
      expect([before.status, before.text]).toEqual([401, expect.stringContaining("bound to a certificate")]);
      const other = await connectWith(version, service.url, shown);
      expect(await call()).toMatchObject({ status: 200 });
      const cached = await other.call(undefined, undefined, headers);
      expect([cached.status, cached.text]).toEqual([401, expect.stringContaining("bound to a certificate")]);
      // The holder does not lose anything by it, and the other one is not taken for the holder from then on.
      expect(await call()).toMatchObject({ status: 200 });
      expect(await other.call(undefined, undefined, headers)).toMatchObject({ status: 401 });
      other.close();
    }
    holder.close();
  });

  test("threat 283: does not count in the API of Vault, which knows no certificates", async () => {
    const token = boundTo(mine).authorization.slice("Bearer ".length);
    const connection = await connectWith(version, service.url, mine);
    expect(await connection.call(undefined, undefined, boundTo(mine))).toMatchObject({ status: 200 });
    for (const headers of [{ "x-vault-token": token }, { authorization: `Bearer ${token}` }, {}]) {
      const { status } = await connection.call("/v1/auth/token/renew-self", "{}", headers as Record<string, string>);
      expect(status).toBe(403);
    }
    connection.close();
  });
});
