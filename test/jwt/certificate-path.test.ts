import { X509Certificate } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { readCertificateExtensions } from "../../src/crypto/certificate-extensions.ts";
import { authoritiesOf, peerCertificateOf } from "../../src/crypto/peer-certificate.ts";
import { isStrong, pathTo } from "../../src/jwt/certificate-path.ts";
import { readIssuers } from "../../src/jwt/read-issuers.ts";
import { verifyCertificate } from "../../src/jwt/verify-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { derOf, type Made, makeCertificates } from "../support/certificates/make-certificates.ts";

const certificates = makeCertificates();
afterAll(() => certificates.remove());
const setOf = (...made: readonly Made[]) => authoritiesOf(made.map(({ cert }) => new X509Certificate(cert)));
const names = "URI:spiffe://a.example/x";
const root = certificates.authority("root");
const other = certificates.authority("other");

/** The length of the way from a certificate, sent with others, to one of these; undefined when there is none. */
function lengthOf(
  [leaf, ...sent]: readonly Made[],
  authorities: readonly Made[],
  { checked = [root, other], nowMs = Date.now() }: { checked?: readonly Made[]; nowMs?: number } = {},
): number | undefined {
  const raw = [leaf, ...sent].map((made) => derOf(made?.cert ?? ""));
  const peer = peerCertificateOf(raw, true, setOf(...checked));
  if (peer === undefined) throw new Error("the certificate could not be read");
  return pathTo(peer, setOf(...authorities), nowMs)?.length;
}

describe("the way to an authority", () => {
  test("goes over what the client sends, in any order, or over what is known", () => {
    const middle = certificates.authority("middle", { by: root });
    const lower = certificates.authority("lower", { by: middle });
    const leaf = certificates.client(lower, { names });
    expect(lengthOf([leaf, lower, middle], [root])).toBe(3);
    expect(lengthOf([leaf, middle, lower], [root])).toBe(3);
    expect(lengthOf([leaf], [root, middle, lower])).toBe(1);
    expect(lengthOf([leaf, middle], [root])).toBeUndefined();
    expect(lengthOf([leaf, lower, middle], [other])).toBeUndefined();
  });

  test("threat 275: an authority with the same name and another key is another one", () => {
    const twin = certificates.authority("root");
    expect(lengthOf([certificates.client(twin, { names }), twin], [root])).toBeUndefined();
  });

  test("threat 277: no client is an authority of another", () => {
    const client = certificates.client(root, { names, subject: "/CN=client" });
    expect(lengthOf([certificates.client(client, { names }), client], [root])).toBeUndefined();
  });

  test("threat 277: an authority that has ended, or is for servers only, ends the way", () => {
    const middle = certificates.authority("middle", { by: root, days: 1 });
    const leaf = certificates.client(middle, { names, days: 3 });
    const long = certificates.authority("root", { keyOf: root, days: 9 });
    const afterwards = { nowMs: Date.now() + 36 * 3600 * 1000 };
    expect(lengthOf([leaf, middle], [long])).toBe(2);
    expect(lengthOf([leaf, middle], [long], afterwards)).toBeUndefined();
    const forServers = certificates.authority("s", { by: root, more: ["extendedKeyUsage=serverAuth"] });
    expect(lengthOf([certificates.client(forServers, { names }), forServers], [root])).toBeUndefined();
    const forBoth = certificates.authority("b", { by: root, more: ["extendedKeyUsage=serverAuth,clientAuth"] });
    expect(lengthOf([certificates.client(forBoth, { names }), forBoth], [root])).toBe(2);
  });

  test("threat 277: is not longer than its authorities allow", () => {
    const last = certificates.authority("last", { basic: "CA:TRUE,pathlen:0" });
    expect(lengthOf([certificates.client(last, { names })], [last])).toBe(1);
    const below = certificates.authority("below", { by: last });
    expect(lengthOf([certificates.client(below, { names }), below], [last])).toBeUndefined();
  });

  test("threat 275: what an authority may not give out only counts as checked where TLS has checked the same set", () => {
    const bounds = ["nameConstraints=critical,permitted;URI:a.example"];
    const bounded = certificates.authority("bounded", { by: root, more: bounds });
    const leaf = certificates.client(bounded, { names });
    expect(lengthOf([leaf, bounded], [root], { checked: [root] })).toBe(2);
    expect(lengthOf([leaf, bounded], [root])).toBeUndefined();
  });
});

test("threat 277: keys and signatures that could be forged are refused", () => {
  const made = (keyForm: readonly string[], digest = "sha256") =>
    isStrong(new X509Certificate(certificates.client(root, { names, keyForm, digest }).cert));
  const ec = (curve: string) => ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`];
  const rsa = (bits: number) => ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${bits}`];
  expect([made(ec("P-256")), made(ec("P-384")), made(rsa(2048)), made(["-algorithm", "ED25519"])]).toEqual(
    Array(4).fill(true),
  );
  expect([made(ec("secp256k1")), made(ec("secp224r1")), made(rsa(1024)), made(ec("P-256"), "sha1")]).toEqual(
    Array(4).fill(false),
  );
});

describe("the names in a certificate", () => {
  const namesOf = (text: string) =>
    readCertificateExtensions(derOf(certificates.client(root, { names: text }).cert)).names;

  test("are by kind, and others do not count", () => {
    const text = "URI:spiffe://a.example/x,DNS:a.example,DNS:b.example,email:x@a.example,IP:192.0.2.1,RID:1.2.3.4";
    expect(namesOf(text)).toEqual({
      uri: ["spiffe://a.example/x"],
      dns: ["a.example", "b.example"],
      email: ["x@a.example"],
    });
  });

  test("threat 276: bytes that readers understand differently are refused", () => {
    for (const text of ["URI:spiffe://a.example/x y", "DNS:a.example\u00e9"]) {
      expect(() => namesOf(text), text).toThrow("cannot be read");
    }
  });

  test("threat 276: bytes that are cut off or changed are refused or read as before, and never end anything", () => {
    const raw = derOf(certificates.client(root, { names }).cert);
    for (let length = 0; length < raw.length; length += 7) {
      expect(() => readCertificateExtensions(raw.subarray(0, length))).toThrow(/certificate/);
    }
    for (let at = 0; at < raw.length; at += 1) {
      const changed = Buffer.from(raw);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      try {
        readCertificateExtensions(changed);
      } catch (error) {
        expect((error as Error).message).toBe("the certificate has an extension that cannot be read");
      }
    }
  });
});

test("threat 277: whatever byte of a certificate is changed, its holder is refused in words", () => {
  const raw = derOf(certificates.client(root, { names }).cert);
  const trusted = setOf(root);
  const file = issuersFile(clientEntry({ claims: '{ uri: "spiffe://a.example/x" }', slug: "x" }));
  const [entry] = readIssuers(file, "/nowhere/issuers.yaml", () => "").clients;
  if (entry === undefined) throw new Error("there is no entry");
  for (let at = 0; at < raw.length; at += 1) {
    const changed = Buffer.from(raw);
    changed[at] = (changed[at] ?? 0) ^ 0x20;
    // As if TLS had checked nothing.
    const peer = peerCertificateOf([changed], true, trusted);
    if (peer === undefined) continue;
    const outcome = verifyCertificate([{ entry, authorities: trusted }], peer, Date.now() + 1000);
    expect(outcome, `byte ${at}`).toEqual({ problem: expect.stringMatching(/^the client certificate |^the names of/) });
  }
});
