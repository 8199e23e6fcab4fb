import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callOnce } from "../support/certificates/call-with-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { makeCertificates } from "../support/certificates/make-certificates.ts";
import { type MutualService, startMutualService } from "../support/certificates/mutual-service.ts";

const certificates = makeCertificates();
const authority = certificates.authority("clients");
const payments = certificates.client(authority, { names: "URI:spiffe://a.example/ns/payments/sa/api" });
let service: MutualService;

beforeAll(async () => {
  certificates.write("clients.pem", authority.cert);
  service = await startMutualService(certificates, issuersFile(clientEntry()));
});
afterAll(async () => {
  await service.stop();
  certificates.remove();
});

const versions = [1, 2] as const;

describe.each(versions)("over HTTP/%i", (version) => {
  const call = (shown: Parameters<typeof callOnce>[2], headers = {}) => callOnce(version, service.url, shown, headers);

  test("a client is the principal of its certificate", async () => {
    const { status, text } = await call(payments);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      slug: "mesh-payments-sa-api",
      tokenId: "certificate:mesh",
      credential: "CREDENTIAL_KIND_CERTIFICATE",
    });
  });

  test("a token counts more than a certificate, and a bad one is refused", async () => {
    expect(JSON.parse((await call(payments, service.admin)).text)).toMatchObject({ slug: "admin" });
    for (const authorization of ["", "Bearer", `Bearer oo_${"x".repeat(43)}`, "Basic eDp5", "Bearer a.b.c"]) {
      const { status, text } = await call(payments, { authorization });
      expect([status, text], authorization).toEqual([
        401,
        expect.stringMatching(/the token is missing|the JWT is malformed/),
      ]);
    }
  });

  test("without a certificate, a token is needed, and is enough", async () => {
    expect(await call({})).toMatchObject({ status: 401 });
    expect(await call({}, service.admin)).toMatchObject({ status: 200 });
  });
});
