import net from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callOnce, connectWith, type Shown } from "../support/certificates/call-with-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { makeCertificates } from "../support/certificates/make-certificates.ts";
import { type MutualService, startMutualService } from "../support/certificates/mutual-service.ts";

const certificates = makeCertificates();
const authority = certificates.authority("clients");
const other = certificates.authority("others");
const uri = "spiffe://a.example/ns/payments/sa/api";
const payments = certificates.client(authority, { names: `URI:${uri}` });
let service: MutualService;
/** Behind a proxy that makes its own connections, from this machine. */
let proxied: MutualService;
/** The same behind one that sends the PROXY protocol. */
let tunnelled: MutualService;
/** Its file of issuers has no entry for certificates. */
let plain: MutualService;

beforeAll(async () => {
  certificates.write("clients.pem", authority.cert);
  certificates.write("b.pem", other.cert);
  const entries = issuersFile(
    clientEntry({ trustDomain: "a.example" }),
    clientEntry({
      clientCa: "b.pem",
      trustDomain: "b.example",
      prefix: "b",
      claims: '{ uri: "spiffe://b.example/{a}" }',
      slug: '"{a}"',
    }),
  );
  service = await startMutualService(certificates, entries);
  const proxies = { SECRET_SVC_TRUSTED_PROXIES: "127.0.0.1" };
  proxied = await startMutualService(certificates, entries, {
    ...proxies,
    SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for",
  });
  tunnelled = await startMutualService(certificates, entries, { ...proxies, SECRET_SVC_PROXY_PROTOCOL: "on" });
  plain = await startMutualService(certificates, "issuers: []\n");
});
afterAll(async () => {
  for (const each of [service, proxied, tunnelled, plain]) await each.stop();
  certificates.remove();
});

const slugOf = (text: string) => (JSON.parse(text) as { slug?: string }).slug;

describe.each([1, 2] as const)("over HTTP/%i", (version) => {
  const call = (shown: Shown, headers = {}) => callOnce(version, service.url, shown, headers);
  /** The message of a refusal. */
  const refusal = async (shown: Shown) => {
    const { status, text } = await call(shown);
    expect([status, text]).toEqual([401, expect.stringContaining("REASON_UNAUTHENTICATED")]);
    return (JSON.parse(text) as { message: string }).message;
  };

  test("a client is the principal of its certificate", async () => {
    const { status, text } = await call(payments);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      slug: "mesh-payments-sa-api",
      tokenId: "certificate:mesh",
      credential: "CREDENTIAL_KIND_CERTIFICATE",
      admin: false,
    });
  });

  test("without a certificate, a token is needed, and is enough", async () => {
    expect(await call({})).toMatchObject({ status: 401 });
    expect(await call({}, service.admin)).toMatchObject({ status: 200 });
  });

  test("threat 278: a token counts more than a certificate, and a bad one is refused", async () => {
    expect(slugOf((await call(payments, service.admin)).text)).toBe("admin");
    for (const authorization of ["", "Bearer", `Bearer oo_${"x".repeat(43)}`, "Basic eDp5", "Bearer a.b.c"]) {
      const { status, text } = await call(payments, { authorization });
      expect([status, text], authorization).toEqual([401, expect.stringMatching(/the token is missing|the JWT is/)]);
    }
  });

  test("threat 275: a certificate of one trust domain with the names of another is refused", async () => {
    const unfit = "the names of the client certificate do not match what this service accepts";
    expect(await refusal(certificates.client(other, { names: `URI:${uri}` }))).toBe(unfit);
    expect(await refusal(certificates.client(authority, { names: "URI:spiffe://b.example/x" }))).toBe(unfit);
    const below = certificates.authority("clients", { by: other });
    const forged = certificates.client(below, { names: `URI:${uri}` });
    expect(await refusal({ ...forged, cert: forged.cert + below.cert })).toBe(unfit);
    // The same with the real authority sent along: its name fits, its signature does not.
    expect(await refusal({ ...forged, cert: forged.cert + authority.cert })).toMatch(/^the client certificate is not/);
    expect(slugOf((await call(certificates.client(other, { names: "URI:spiffe://b.example/x" }))).text)).toBe("b-x");
  });

  test.each([
    ["several URIs", `URI:${uri},URI:spiffe://a.example/other`],
    ["the same URI twice", `URI:${uri},URI:${uri}`],
    ["a comma in its URI", `subjectAltName=@names\n[names]\nURI=${uri}, DNS:evil.example`],
    ["a quote in its URI", `subjectAltName=@names\n[names]\nURI=${uri}\\"`],
    ["no URI", "DNS:a.example"],
    ["its name in another kind", "email:x@a.example"],
    ["a wildcard", `URI:${uri},DNS:*.a.example`],
    ["the trust domain in capitals", "URI:spiffe://A.EXAMPLE/ns/payments/sa/api"],
    ["another scheme", "URI:https://a.example/ns/payments/sa/api"],
    ["a user or a port", "URI:spiffe://x@a.example/ns/payments/sa/api"],
    ["a query", `URI:${uri}?x`],
    ["a path that climbs", "URI:spiffe://a.example/ns/payments/../sa/api"],
    ["no path", "URI:spiffe://a.example"],
  ])("threat 276: a certificate with %s names no one", async (_name, names) => {
    expect(await refusal(certificates.client(authority, { names }))).toMatch(/name/);
  });

  test("threat 276: a common name is not a name", async () => {
    const subject = `/O=Acme/CN=${uri.replaceAll("/", "\\/")}`;
    expect(await refusal(certificates.client(authority, { subject }))).toMatch(/names .* do not match/);
  });

  test("threat 277: a certificate that is not one of a client, or not of an authority, is refused", async () => {
    const names = `URI:${uri}`;
    const unknown = certificates.authority("clients");
    const middle = certificates.authority("middle", { by: authority });
    const leaf = certificates.client(middle, { names });
    expect(slugOf((await call({ ...leaf, cert: leaf.cert + middle.cert })).text)).toBe("mesh-payments-sa-api");
    const stranger = "the client certificate is not from an authority that this service accepts now";
    for (const [shown, message] of [
      [certificates.client(authority, { names, purposes: "serverAuth" }), /clientAuth/],
      [certificates.client(authority, { names, purposes: "" }), /clientAuth/],
      [certificates.client(authority, { names, purposes: "anyExtendedKeyUsage" }), /clientAuth/],
      [certificates.client(authority, { names, isAuthority: true }), /is one of an authority/],
      [certificates.client(unknown, { names }), stranger],
      [certificates.client(undefined, { names }), stranger],
      [leaf, stranger],
      [certificates.client(authority, { names, days: 2 }), /valid for longer/],
      [certificates.client(authority, { names, days: -1 }), /has ended/],
      [
        certificates.client(authority, { names, keyForm: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] }),
        /too weak/,
      ],
      [
        certificates.client(authority, {
          names,
          keyForm: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        }),
        /too weak/,
      ],
    ] as const) {
      // OpenSSL refuses to send a key that is too weak, unless it is made to.
      const form = { ciphers: "DEFAULT:@SECLEVEL=0" };
      const connection = await connectWith(version, service.url, shown, form).catch(() => undefined);
      // The handshake may fail already, which is as good.
      const answer = await connection?.call().catch(() => undefined);
      connection?.close();
      if (answer === undefined) continue;
      expect(answer.status).toBe(401);
      // A client that may not use its key in TLS shows no certificate.
      const isShown = !answer.text.includes("the token is missing");
      if (isShown) expect((JSON.parse(answer.text) as { message: string }).message).toMatch(message);
    }
  });

  test("threat 280: a page of any site in a browser that shows its certificate is refused", async () => {
    for (const headers of [
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-origin" },
    ]) {
      expect(await call(payments, headers)).toMatchObject({ status: 401 });
      expect(await call(payments, { ...headers, ...service.admin })).toMatchObject({ status: 200 });
    }
  });

  test("threat 281: no header stands for a certificate, and a proxy's own is that of no client", async () => {
    const pem = encodeURIComponent(payments.cert);
    const headers = {
      "x-forwarded-client-cert": `Cert="${pem}";URI=${uri}`,
      "x-ssl-cert": pem,
      "ssl-client-cert": pem,
      "client-cert": `:${Buffer.from(payments.cert).toString("base64")}:`,
      "x-spiffe-id": uri,
    };
    expect(await call({}, headers)).toMatchObject({ status: 401 });
    expect(await callOnce(version, proxied.url, {}, headers)).toMatchObject({ status: 401 });
    expect(await callOnce(version, proxied.url, payments)).toMatchObject({ status: 401 });
    expect(await callOnce(version, proxied.url, payments, proxied.admin)).toMatchObject({ status: 200 });
  });

  test("a proxy that sends the PROXY protocol lets TLS through, and the certificate counts", async () => {
    const connect = async (header: string) => {
      const { hostname: host, port } = new URL(tunnelled.url);
      const raw = net.connect(Number(port), host);
      raw.write(header);
      return connectWith(version, tunnelled.url, payments, { socket: raw });
    };
    const client = await connect("PROXY TCP4 192.0.2.9 127.0.0.1 4711 443\r\n");
    expect(slugOf((await client.call()).text)).toBe("mesh-payments-sa-api");
    client.close();
    // A check of the proxy's own.
    const check = await connect("PROXY UNKNOWN\r\n");
    expect(await check.call()).toMatchObject({ status: 401 });
    check.close();
  });

  test("threat 282: without an entry for certificates, clients are not asked for one", async () => {
    expect(await callOnce(version, plain.url, payments)).toMatchObject({ status: 401 });
    expect(await callOnce(version, plain.url, payments, plain.admin)).toMatchObject({ status: 200 });
    const asked: unknown[] = [];
    for (const { url } of [plain, service]) {
      const { hostname: host, port } = new URL(url);
      const socket = tls.connect({ host, port: Number(port), rejectUnauthorized: false, maxVersion: "TLSv1.2" });
      await new Promise((resolve) => socket.once("secureConnect", resolve));
      asked.push(socket.getSession() !== undefined && socket.getTLSTicket() !== undefined);
      socket.destroy();
    }
    expect(asked).toEqual([true, false]);
  });
});
