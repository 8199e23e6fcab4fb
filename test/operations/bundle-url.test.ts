import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { callOnce, connectWith } from "../support/certificates/call-with-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { derOf, type Made, makeCertificates } from "../support/certificates/make-certificates.ts";
import { type MutualService, startMutualService } from "../support/certificates/mutual-service.ts";
import { encode } from "../support/jwt/jwt-fixture.ts";

const certificates = makeCertificates();
const authority = certificates.authority("clients");
const next = certificates.authority("next");
const uri = "spiffe://a.example/ns/payments/sa/api";
const payments = certificates.client(authority, { names: `URI:${uri}` });
const ofNext = certificates.client(next, { names: `URI:${uri}` });
const tokens = generateKeyPairSync("ec", { namedCurve: "P-256" });
const minuteMs = 60_000;

const bundleOf = (...authorities: readonly Made[]) => ({
  keys: [
    { ...tokens.publicKey.export({ format: "jwk" }), kid: "t", use: "jwt-svid" },
    ...authorities.map(({ cert }) => ({
      ...createPublicKey(cert).export({ format: "jwk" }),
      use: "x509-svid",
      x5c: [derOf(cert).toString("base64")],
    })),
  ],
});

/** What the address of the bundle answers with. */
const answer = { status: 503, text: "", asked: 0 };
const serve = (bundle: object) => Object.assign(answer, { status: 200, text: JSON.stringify(bundle) });
const server = http.createServer((_request, response) => {
  answer.asked += 1;
  response.writeHead(answer.status, { "content-type": "application/json", location: "/elsewhere" }).end(answer.text);
});
let service: MutualService;

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const entry = clientEntry({
    clientCa: undefined,
    trustDomain: "a.example",
    bundleUrl: `http://127.0.0.1:${port}/bundle`,
    audience: "secret-svc",
  });
  service = await startMutualService(certificates, issuersFile(entry));
});
afterAll(async () => {
  await service.stop();
  server.close();
  certificates.remove();
});
afterEach(async () => {
  serve(bundleOf(authority));
  service.clock.aheadMs += 24 * 60 * minuteMs;
  await service.reload();
  // Back at the present: what was read in the future is not trusted, so it is read again.
  service.clock.aheadMs = 0;
  await service.reload();
});

const statusOf = async (made: Made) => (await callOnce(1, service.url, made)).status;

function svid(): { authorization: string } {
  const exp = Math.floor((Date.now() + service.clock.aheadMs) / 1000) + 60;
  const input = `${encode({ alg: "ES256", kid: "t" })}.${encode({ sub: uri, aud: "secret-svc", exp })}`;
  const signature = sign("sha256", Buffer.from(input), { key: tokens.privateKey, dsaEncoding: "ieee-p1363" });
  return { authorization: `Bearer ${input}.${signature.toString("base64url")}` };
}

describe("a bundle at an address", () => {
  test("that did not answer at the start lets no one in, until it does", async () => {
    expect(answer.asked).toBeGreaterThan(0);
    expect(await statusOf(payments)).toBe(401);
    await service.reload();
    expect(await statusOf(payments)).toBe(401);
    serve(bundleOf(authority));
    await service.reload();
    expect(await statusOf(payments)).toBe(200);
    expect(await statusOf(ofNext)).toBe(401);
  });

  test("has the keys of JWT-SVIDs too: the same principal", async () => {
    for (const [shown, headers] of [
      [payments, {}],
      [{}, svid()],
    ] as const) {
      const { text } = await callOnce(1, service.url, shown, headers);
      expect(JSON.parse(text)).toMatchObject({ slug: "mesh-payments-sa-api" });
    }
  });

  test("is fetched again after five minutes, and not before", async () => {
    const connection = await connectWith(2, service.url, payments);
    expect(await connection.call()).toMatchObject({ status: 200 });
    serve(bundleOf(next));
    service.clock.aheadMs = 4 * minuteMs;
    const { asked } = answer;
    await service.reload();
    expect([answer.asked, await statusOf(payments)]).toEqual([asked, 200]);
    service.clock.aheadMs = 5 * minuteMs;
    await service.reload();
    expect(answer.asked).toBe(asked + 1);
    expect(await connection.call()).toMatchObject({ status: 401 });
    expect([await statusOf(payments), await statusOf(ofNext)]).toEqual([401, 200]);
    connection.close();
  });

  test.each<[string, () => void]>([
    ["is down", () => Object.assign(answer, { status: 503 })],
    ["leads to another place", () => Object.assign(answer, { status: 302 })],
    ["answers with nothing", () => Object.assign(answer, { text: "" })],
    ["answers with half of it", () => Object.assign(answer, { text: answer.text.slice(0, 500) })],
    ["has no authorities", () => serve(bundleOf())],
    ["has no list of keys", () => serve({ keys: {} })],
    ["has a key that is nothing", () => serve({ keys: [null] })],
    ["has an authority without a certificate", () => serve({ keys: [{ use: "x509-svid" }] })],
    ["has a certificate that is not one of an authority", () => serve(bundleOf(authority, payments))],
    ["is larger than a bundle", () => Object.assign(answer, { text: " ".repeat(2 * 1024 * 1024) })],
  ])("threat 279: that %s: the former one counts, for twelve hours", async (_name, spoil) => {
    spoil();
    service.clock.aheadMs = 6 * minuteMs;
    await service.reload();
    expect([await statusOf(payments), await statusOf(ofNext)]).toEqual([200, 401]);
    service.clock.aheadMs = 12 * 60 * minuteMs;
    await service.reload();
    expect(await statusOf(payments)).toBe(401);
    serve(bundleOf(authority));
    await service.reload();
    expect(await statusOf(payments)).toBe(200);
  });
});
