import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SecretService, SecuritySeverity } from "../../gen/secret/v1/secret_service_pb.ts";
import { enumName } from "../../src/cli/print/enum-name.ts";
import { readConfig } from "../../src/config/config.ts";
import { followFiles } from "../../src/files/follow-files.ts";
import { followExtraAuthorities } from "../../src/service/extra-authorities.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { type Certificate, makeCertificate } from "../support/clients/certificate.ts";
import { noFlags } from "../support/no-flags.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-reload-"));
const at = (name: string) => join(folder, name);
const dayMs = 86_400_000;

/** Puts a pair where the service looks for it. */
function install({ cert, key }: Certificate): void {
  copyFileSync(cert, at("tls.pem"));
  copyFileSync(key, at("tls-key.pem"));
  chmodSync(at("tls-key.pem"), 0o600);
}

describe("fault B10: the certificate of a running service", () => {
  const first = makeCertificate(folder, "first", 40);
  const second = makeCertificate(folder, "second", 200);
  const endMs = new X509Certificate(readFileSync(first.cert)).validToDate.getTime();
  let nowMs = Date.now();
  let server: RunningServer;

  beforeAll(async () => {
    install(first);
    const config = readConfig(
      {
        SECRET_SVC_LISTEN: "127.0.0.1:0",
        SECRET_SVC_DATA_DIR: at("data"),
        SECRET_SVC_TLS_CERT: at("tls.pem"),
        SECRET_SVC_TLS_KEY: at("tls-key.pem"),
        SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0",
      },
      noFlags,
    );
    server = await startServer(config, () => nowMs);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** The name in the certificate that a new connection sees. */
  async function served(): Promise<string> {
    const socket = tls.connect({
      port: Number(new URL(server.url).port),
      host: "127.0.0.1",
      rejectUnauthorized: false,
    });
    await once(socket, "secureConnect");
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  }

  async function findings(): Promise<string[]> {
    const transport = createConnectTransport({
      baseUrl: server.url,
      httpVersion: "1.1",
      nodeOptions: { rejectUnauthorized: false },
    });
    const headers = { authorization: `Bearer ${readFileSync(at("data/admin.token"), "utf8").trim()}` };
    const { findings } = await createClient(SecretService, transport).isSecure({}, { headers });
    return findings
      .filter(({ id }) => /certificate|reload/.test(id))
      .map(({ id, severity, summary }) => `${enumName(SecuritySeverity, severity).toLowerCase()} ${id}: ${summary}`);
  }

  async function secondsLeft(): Promise<number> {
    const text = await (await fetch(`${server.metricsUrl}/metrics`)).text();
    return Number(/^secret_svc_tls_certificate_remaining_seconds (\S+)$/m.exec(text)?.[1]);
  }

  test("is measured, and found once it is about to expire and when it has expired", async () => {
    expect(await findings()).toEqual([]);
    nowMs = endMs - 15 * dayMs;
    expect([await secondsLeft(), ...(await findings())]).toEqual([15 * 86_400]);
    nowMs = endMs - 9.5 * dayMs;
    expect([await secondsLeft(), ...(await findings())]).toEqual([
      9.5 * 86_400,
      "warning certificate-expiring: its TLS certificate expires in 9 days",
    ]);
    nowMs = endMs + 2000;
    expect([await secondsLeft(), ...(await findings())]).toEqual([
      -2,
      "critical certificate-expired: its TLS certificate has expired, so clients refuse to connect",
    ]);
    nowMs = Date.now() - 2 * dayMs;
    expect(await findings()).toEqual([
      "critical certificate-not-yet-valid: its TLS certificate is not valid yet, so clients refuse to connect",
    ]);
    nowMs = Date.now();
  });

  test("is exchanged when its files are", async () => {
    expect(await served()).toBe("first");
    install(second);
    await server.reload();
    expect(await served()).toBe("second");
    expect(await secondsLeft()).toBeGreaterThan(190 * 86_400);
    expect(await findings()).toEqual([]);
  });

  test.each([
    ["another key", () => copyFileSync(first.key, at("tls-key.pem")), "must be a certificate and its private key"],
    ["no certificate", () => writeFileSync(at("tls.pem"), "none"), "must be a certificate and its private key"],
    ["half a certificate", () => writeFileSync(at("tls.pem"), readFileSync(first.cert).subarray(0, 300)), "must be a"],
    ["nothing", () => rmSync(at("tls.pem")), "cannot read .* \\(ENOENT\\)"],
    ["an open key", () => chmodSync(at("tls-key.pem"), 0o666), "every user of the machine may read or write"],
  ])("stays when it would be replaced by %s, and this is found", async (_, damage, problem) => {
    damage();
    await server.reload();
    expect(await served()).toBe("second");
    expect(await findings()).toEqual([expect.stringMatching(new RegExp(`^warning not-reloaded: .*${problem}`))]);
    install(second);
    chmodSync(at("tls-key.pem"), 0o600);
    await server.reload();
    expect(await findings()).toEqual([]);
  });

  test("stays when the new one has expired", async () => {
    install(first);
    nowMs = endMs + 1000;
    await server.reload();
    expect(await served()).toBe("second");
    expect(await findings()).toEqual([expect.stringMatching(/^warning not-reloaded: .*tls\.pem is expired$/)]);
    nowMs = endMs - 1000;
    await server.reload();
    expect(await served()).toBe("first");
    nowMs = Date.now();
  });
});

test("fault B10: certificate authorities are exchanged when their file is", async () => {
  const [mine, other] = [makeCertificate(tmpdir(), "ca-mine"), makeCertificate(tmpdir(), "ca-other")];
  const file = join(tmpdir(), `authorities-${process.pid}.pem`);
  const before = tls.getCACertificates("default");
  const extra = tls.getCACertificates("extra");
  const others = before.filter((certificate) => !extra.includes(certificate));
  const options = { cert: readFileSync(mine.cert), key: readFileSync(mine.key) };
  const issuer = https.createServer(options, (_, response) => response.setHeader("connection", "close").end("keys"));
  await once(issuer.listen(0, "127.0.0.1"), "listening");
  const { port } = issuer.address() as AddressInfo;
  const answer = () =>
    fetch(`https://localhost:${port}/`).then(
      (response) => response.text(),
      () => "not trusted",
    );
  const problems: string[] = [];
  const follower = followFiles({
    describe: (error) => (error as Error).message,
    onReload: () => {},
    onProblem: (_, problem) => problems.push(problem),
  });
  try {
    copyFileSync(other.cert, file);
    await followExtraAuthorities(follower, file);
    await follower.reload();
    expect(await answer()).toBe("not trusted");
    copyFileSync(mine.cert, file);
    await follower.reload();
    expect(await answer()).toBe("keys");
    writeFileSync(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    await follower.reload();
    expect(problems).toEqual([`NODE_EXTRA_CA_CERTS: ${file} must hold certificates, as PEM`]);
    expect(await answer()).toBe("keys");
    copyFileSync(other.cert, file);
    await follower.reload();
    expect(await answer()).toBe("not trusted");
    // Those that Node trusts by itself are still there.
    expect(tls.getCACertificates("default")).toHaveLength(others.length + 1);
  } finally {
    tls.setDefaultCACertificates(before);
    await follower.stop();
    issuer.close();
    for (const path of [file, mine.cert, mine.key, other.cert, other.key]) rmSync(path, { force: true });
  }
});
