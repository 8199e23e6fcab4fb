import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { authoritiesOf, peerCertificateOf } from "../../src/crypto/peer-certificate.ts";
import { shownCertificate } from "../../src/http/connection/shown-certificate.ts";
import { createAuthenticator } from "../../src/identity/authenticate.ts";
import { callerWithoutRights } from "../../src/rules/caller.ts";
import { callOnce, connectWith } from "../support/certificates/call-with-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { derOf, makeCertificates } from "../support/certificates/make-certificates.ts";
import { type MutualService, startMutualService } from "../support/certificates/mutual-service.ts";
import { startIdentity } from "../support/identity/fixture.ts";

const certificates = makeCertificates();
const authority = certificates.authority("clients");
const next = certificates.authority("next");
const names = "URI:spiffe://a.example/ns/payments/sa/api";
const payments = certificates.client(authority, { names });
const ofNext = certificates.client(next, { names });
const hourMs = 3600 * 1000;
let service: MutualService;

/** What the service trusts, from its next look on. */
const install = (...pem: readonly string[]) => certificates.write("clients.pem", pem.join(""));

beforeAll(async () => {
  install(authority.cert);
  service = await startMutualService(certificates, issuersFile(clientEntry()));
});
afterEach(async () => {
  service.clock.aheadMs = 0;
  install(authority.cert);
  await service.reload();
});
afterAll(async () => {
  await service.stop();
  certificates.remove();
});

const messageOf = ({ text }: { text: string }) => (JSON.parse(text) as { message?: string }).message ?? "";

/** An open watch of the holder of a certificate, whose first message has arrived. */
async function openWatch(version: 1 | 2 | "grpc") {
  const nodeOptions = { ca: service.ca, cert: payments.cert, key: payments.key };
  const { url: baseUrl } = service;
  const transport =
    version === "grpc"
      ? createGrpcTransport({ baseUrl, nodeOptions })
      : createConnectTransport({ baseUrl, httpVersion: version === 1 ? "1.1" : "2", nodeOptions });
  const messages = createClient(SecretService, transport).watchSecrets({})[Symbol.asyncIterator]();
  await messages.next();
  return {
    /** How it ends. */
    async end(): Promise<ConnectError> {
      try {
        while ((await messages.next()).done !== true);
      } catch (error) {
        return ConnectError.from(error);
      }
      throw new Error("the watch ended as if nothing had happened");
    },
  };
}

describe.each([1, 2] as const)("over HTTP/%i", (version) => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("threat 273: a session is not resumed, %s", async (maxVersion) => {
    const { hostname: host, port } = new URL(service.url);
    const shown = { cert: payments.cert, key: payments.key };
    const form = { host, port: Number(port), rejectUnauthorized: false, maxVersion, ...shown };
    const first = tls.connect(form);
    const session = new Promise<Buffer>((resolve) => first.once("session", resolve));
    await once(first, "secureConnect");
    const timeUp = new Promise<undefined>((resolve) => setTimeout(resolve, 300, undefined));
    const saved = (await Promise.race([session, timeUp])) ?? first.getSession();
    first.destroy();
    service.clock.aheadMs = 25 * hourMs;
    const again = await connectWith(version, service.url, payments, {
      maxVersion,
      ...(saved === undefined ? {} : { session: saved }),
    });
    const answer = await again.call();
    again.close();
    expect([answer.status, messageOf(answer)]).toEqual([401, expect.stringContaining("has ended")]);
    const second = tls.connect({ ...form, ...(saved === undefined ? {} : { session: saved }) });
    await once(second, "secureConnect");
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });

  test("threat 274: on an open connection, a certificate that has ended is refused", async () => {
    const connection = await connectWith(version, service.url, payments);
    expect(await connection.call()).toMatchObject({ status: 200 });
    service.clock.aheadMs = 23 * hourMs;
    await service.reload();
    expect(await connection.call()).toMatchObject({ status: 200 });
    service.clock.aheadMs = 25 * hourMs;
    const ended = await connection.call();
    expect([ended.status, messageOf(ended)]).toEqual([
      401,
      "the client certificate has ended; connect again with a new one",
    ]);
    // A token on the same connection still works.
    expect(await connection.call(undefined, undefined, service.admin)).toMatchObject({ status: 200 });
    connection.close();
  });

  test("threat 279: an authority that was taken out is refused, on open connections and on new ones", async () => {
    const connection = await connectWith(version, service.url, payments);
    expect(await connection.call()).toMatchObject({ status: 200 });
    install(authority.cert, next.cert);
    await service.reload();
    expect(await connection.call()).toMatchObject({ status: 200 });
    expect(await callOnce(version, service.url, ofNext)).toMatchObject({ status: 200 });
    install(next.cert);
    await service.reload();
    expect(messageOf(await connection.call())).toMatch(/not from an authority that this service accepts now/);
    expect(await callOnce(version, service.url, payments)).toMatchObject({ status: 401 });
    expect(await callOnce(version, service.url, ofNext)).toMatchObject({ status: 200 });
    connection.close();
  });
});

describe.each([1, 2, "grpc"] as const)("a watch over %s", (version) => {
  test("threat 274: ends with the certificate", async () => {
    const watch = await openWatch(version);
    service.clock.aheadMs = 25 * hourMs;
    const { code, rawMessage } = await watch.end();
    expect([code, rawMessage]).toEqual([Code.Unauthenticated, expect.stringContaining("has ended")]);
  });

  test("threat 279: ends when the authority is taken out", async () => {
    const watch = await openWatch(version);
    install(next.cert);
    await service.reload();
    expect((await watch.end()).code).toBe(Code.Unauthenticated);
  });
});

describe("threat 279: a file of authorities that cannot be used", () => {
  test.each([
    ["is half-written", () => install(authority.cert, next.cert.slice(0, 300))],
    ["is cut off in its first certificate", () => install(authority.cert.slice(0, 300))],
    ["is empty", () => install("")],
    ["has a certificate that is not one of an authority", () => install(authority.cert, payments.cert)],
    ["is missing", () => rmSync(join(certificates.folder, "clients.pem"))],
  ])("%s: the former one stays, for a while", async (_name, spoil) => {
    const connection = await connectWith(1, service.url, payments);
    spoil();
    await service.reload();
    expect(await connection.call()).toMatchObject({ status: 200 });
    expect(await callOnce(1, service.url, payments)).toMatchObject({ status: 200 });
    expect(await callOnce(1, service.url, ofNext)).toMatchObject({ status: 401 });
    service.clock.aheadMs = 12 * hourMs;
    expect(messageOf(await connection.call())).toMatch(/not from an authority that this service accepts now/);
    connection.close();
  });
});

test("threat 273: what a resumed session says about a certificate is not believed", () => {
  const socket = {
    isSessionReused: () => true,
    authorized: true,
    getPeerCertificate: () => {
      throw new Error("it was asked");
    },
  };
  expect(shownCertificate(socket as unknown as tls.TLSSocket, authoritiesOf([]))).toBeUndefined();
});

describe("threat 277: a stranger's certificate", () => {
  const der = derOf(payments.cert);
  const shownBy = (socket: object) =>
    shownCertificate({ isSessionReused: () => false, ...socket } as unknown as tls.TLSSocket, authoritiesOf([]));

  test("counts without those that were sent along: there may be hundreds", () => {
    const asked: boolean[] = [];
    for (const authorized of [true, false]) {
      const getPeerCertificate = (isDetailed: boolean) => {
        asked.push(isDetailed);
        const issuerCertificate = { raw: derOf(authority.cert), fingerprint256: "B" };
        return { raw: der, fingerprint256: "A", ...(isDetailed ? { issuerCertificate } : {}) };
      };
      expect(shownBy({ authorized, getPeerCertificate })?.sent).toHaveLength(authorized ? 1 : 0);
    }
    expect(asked).toEqual([true, false]);
  });

  test("that Node cannot read does not count, and does not end the process", () => {
    const getPeerCertificate = () => {
      throw new SyntaxError("Unexpected token");
    };
    expect(shownBy({ authorized: false, getPeerCertificate })).toBeUndefined();
    const malformed = { raw: Buffer.from("3000", "hex"), fingerprint256: "A" };
    expect(shownBy({ authorized: false, getPeerCertificate: () => malformed })).toBeUndefined();
  });
});

test("threat 274: a certificate that was refused after it was accepted is no longer one that was checked", async () => {
  const peer = peerCertificateOf([derOf(payments.cert)], true, undefined);
  if (peer === undefined) throw new Error("it cannot be read");
  const identity = await startIdentity();
  const clock = { isGood: true };
  const proven = { caller: callerWithoutRights("default", "mesh-x"), endMs: Number.POSITIVE_INFINITY };
  const authenticator = createAuthenticator({
    ...identity.core.context,
    onRefused: () => {},
    verifyCertificate: () => (clock.isGood ? proven : { problem: "it has ended" }),
  });
  expect(authenticator.kindOf(undefined, peer)).toBe("certificate");
  await authenticator.authenticate(undefined, "192.0.2.1", peer);
  expect(authenticator.kindOf(undefined, peer)).toBe("recent");
  clock.isGood = false;
  authenticator.forget();
  await expect(authenticator.authenticate(undefined, "192.0.2.1", peer)).rejects.toThrow("it has ended");
  // From an address with many failures, only so many of these are looked up at a time.
  expect(authenticator.kindOf(undefined, peer)).toBe("certificate");
  await identity.core.close();
});
