import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientCertificateOf, showCertificate } from "../../src/cli/frame/client-certificate.ts";
import { clientEntry, issuersFile } from "../support/certificates/entries.ts";
import { type Made, makeCertificates } from "../support/certificates/make-certificates.ts";
import { type MutualService, startMutualService } from "../support/certificates/mutual-service.ts";
import { runOoProcess } from "../support/cli/run-process.ts";

const certificates = makeCertificates();
const authority = certificates.authority("clients");
const [first, second] = ["one", "two"].map((name) =>
  certificates.client(authority, { names: `URI:spiffe://a.example/ns/x/sa/${name}` }),
) as [Made, Made];
const file = (name: string) => join(certificates.folder, name);
const env = { OO_CLIENT_CERT: file("oo.pem"), OO_CLIENT_KEY: file("oo.key") };
let service: MutualService;

/** As programs do that renew certificates: each file at once, one after the other. */
function install(name: "oo.pem" | "oo.key", content: string): void {
  writeFileSync(file(`${name}.new`), content, { mode: 0o600 });
  renameSync(file(`${name}.new`), file(name));
}

function installPair({ cert, key }: Made): void {
  install("oo.pem", cert);
  install("oo.key", key);
}

beforeAll(async () => {
  installPair(first);
  certificates.write("clients.pem", authority.cert);
  service = await startMutualService(certificates, issuersFile(clientEntry()));
});
afterAll(async () => {
  await service.stop();
  certificates.remove();
});

describe("oo reads the pair of OO_CLIENT_CERT and OO_CLIENT_KEY", () => {
  test("again for each call, and never one of an old pair with one of a new one", () => {
    installPair(first);
    const options = showCertificate(clientCertificateOf({ env }, "https://a.example"));
    const shown = () => [String(options.cert), String(options.key)];
    expect(shown()).toEqual([first.cert, first.key]);
    install("oo.pem", second.cert);
    expect(shown()).toEqual([first.cert, first.key]);
    install("oo.key", second.key);
    expect(shown()).toEqual([second.cert, second.key]);
    const cert = String(options.cert);
    installPair(first);
    expect([cert, String(options.key)]).toEqual([second.cert, second.key]);
    expect(shown()).toEqual([first.cert, first.key]);
    install("oo.pem", "");
    expect(shown()).toEqual([first.cert, first.key]);
  });

  test("is the caller of it, with no token; a token in the environment counts more", async () => {
    installPair(second);
    const all = { ...env, OO_URL: service.url, NODE_EXTRA_CA_CERTS: service.caFile };
    expect(await runOoProcess(["whoami"], { env: all })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/slug: +mesh-x-sa-two\n/),
    });
    const withToken = await runOoProcess(["whoami"], { env: { ...all, OO_TOKEN: service.adminToken } });
    expect(withToken.stdout).toMatch(/slug: +admin\n/);
  });

  test.each<[string, () => void, Record<string, string>]>([
    ["are of two pairs", () => install("oo.key", first.key), {}],
    ["hold no certificate", () => install("oo.pem", first.key), {}],
    ["are not there", () => {}, { OO_CLIENT_KEY: file("none.key") }],
    ["are only one", () => {}, { OO_CLIENT_KEY: "" }],
  ])("that %s: a mistake, which quotes nothing of them", async (_name, spoil, changes) => {
    installPair(second);
    spoil();
    const all = { ...env, OO_URL: service.url, ...changes };
    const { code, stdout, stderr } = await runOoProcess(["whoami"], { env: all });
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining("OO_CLIENT_KEY")]);
    for (const { key } of [first, second]) expect(stderr).not.toContain(key.split("\n")[1]);
  });
});
