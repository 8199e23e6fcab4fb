/** A client certificate in place of a token. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { type ClientOptions, SecretClient } from "@secret-svc/client";
import { IdentityService } from "@secret-svc/client/v1";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { environment, hasSurroundings, tokenOf } from "./cases.ts";
import { mustNotShow } from "./plain.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-certificate-"));
const [certFile, keyFile] = [join(folder, "client.pem"), join(folder, "client.key")];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasSurroundings).each(["grpc", "connect"] as const)("a certificate, over %s", (protocol) => {
  beforeEach(() => {
    show("SECRET_CLIENT");
    vi.stubEnv("OO_TOKEN", undefined);
    vi.stubEnv("OO_CLIENT_CERT", certFile);
    vi.stubEnv("OO_CLIENT_KEY", keyFile);
    return () => void vi.unstubAllEnvs();
  });

  function show(name: string): void {
    copyFileSync(environment(`${name}_CERT`), certFile);
    copyFileSync(environment(`${name}_KEY`), keyFile);
  }

  function connect(token?: string): SecretClient {
    const options: ClientOptions = { protocol, caFile: environment("SECRET_CA_FILE") };
    return new SecretClient(environment("SECRET_TLS_URL"), token, options);
  }

  async function slugOf(client: SecretClient): Promise<string> {
    const { slug } = await createClient(IdentityService, client.transport).whoAmI({});
    client.close();
    return slug;
  }

  test("takes the place of a token, for calls and watches", async () => {
    const client = connect();
    mustNotShow("PRIVATE KEY", client);
    for await (const secret of client.list()) expect(secret).toBeUndefined();
    for await (const event of client.watch()) {
      expect(event.change).toBeUndefined();
      break;
    }
    expect(await slugOf(client)).toBe("mesh-apps-sa-first");
  });

  test("is read again for a connection, unless its files do not fit each other", async () => {
    const [renewed, halfWritten] = [connect(), connect()];
    copyFileSync(environment("SECRET_NEXT_CLIENT_CERT"), certFile);
    expect(await slugOf(halfWritten)).toBe("mesh-apps-sa-first");
    show("SECRET_NEXT_CLIENT");
    expect(await slugOf(renewed)).toBe("mesh-apps-sa-second");
  });

  test("counts less than a token", async () => {
    expect(await slugOf(connect(tokenOf("app")))).toBe("app");
  });
});

test.each([
  ["https://localhost", "there", "", "go together"],
  ["https://localhost", "", "there", "go together"],
  ["https://localhost", "gone", "there", "ENOENT"],
  ["https://localhost", "there", "there", "must be a certificate and its private key"],
  ["http://localhost", "there", "there", "there is no token"],
])("%s, certificate %j, key %j", (url, cert, key, says) => {
  writeFileSync(join(folder, "there"), "canary-4711");
  vi.stubEnv("OO_TOKEN", undefined);
  vi.stubEnv("OO_CLIENT_CERT", cert && join(folder, cert));
  vi.stubEnv("OO_CLIENT_KEY", key && join(folder, key));
  expect(() => new SecretClient(url)).toThrow(new RegExp(`${says}(?!.*canary)`));
  vi.unstubAllEnvs();
});
