import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hasPseudoTerminals, runUntilHungUp } from "../support/cli/hung-up.ts";
import { makeCertificate } from "../support/clients/certificate.ts";
import { fileOf, makeSigningKey } from "../support/jwt/jwt-fixture.ts";
import { startServer } from "../support/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-hang-up-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

test("fault B10: SIGHUP reloads the certificate and the issuers, and does not end the service", async () => {
  const [first, second] = [makeCertificate(folder, "first"), makeCertificate(folder, "second")];
  copyFileSync(first.cert, at("tls.pem"));
  copyFileSync(first.key, at("tls-key.pem"));
  writeFileSync(at("keys.json"), JSON.stringify({ keys: [makeSigningKey("k1").publicJwk] }));
  writeFileSync(at("issuers.yaml"), fileOf());
  const args = ["--tls-cert", at("tls.pem"), "--tls-key", at("tls-key.pem"), "--issuers", at("issuers.yaml")];
  const server = await startServer({ args });
  try {
    copyFileSync(second.cert, at("tls.pem"));
    copyFileSync(second.key, at("tls-key.pem"));
    writeFileSync(at("issuers.yaml"), fileOf({ slug: "words of anything" }));
    server.signal("SIGHUP");
    await server.printed("info: the TLS certificate was reloaded");
    await server.printed(
      `error: the file of issuers could not be reloaded, and the former one stays in use: SECRET_SVC_ISSUERS: ${at("issuers.yaml")}: issuers[0].slug must be words`,
    );
    writeFileSync(at("issuers.yaml"), fileOf({ audience: "another" }));
    server.signal("SIGHUP");
    await server.printed("info: the file of issuers was reloaded");
    server.signal("SIGHUP");
    await server.printed("info: SIGHUP", 3);
  } finally {
    await server.stop();
  }
  expect(server.output()).toContain("SIGTERM: finishing the calls in progress");
  expect(server.output()).not.toContain("SIGHUP: finishing");
});

test.skipIf(!hasPseudoTerminals)(
  "fault B10: a service on a terminal ends in good order when the terminal is closed",
  async () => {
    const { code, dataFiles } = await runUntilHungUp(at("on-terminal"));
    expect(code).toBe(0);
    // It says that it runs until it has ended in good order.
    expect(dataFiles).not.toContain("server.pid");
  },
);
