import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../src/config/config.ts";
import { startServer } from "../../../src/service/server.ts";
import { noFlags } from "../no-flags.ts";
import type { Certificates } from "./make-certificates.ts";

export type MutualService = Awaited<ReturnType<typeof startMutualService>>;

/** A service with TLS and a file of issuers, and a clock that can be moved on. */
export async function startMutualService(
  certificates: Certificates,
  issuers: string,
  env: Readonly<Record<string, string>> = {},
) {
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-"));
  const { certFile, keyFile, cert } = certificates.server();
  const clock = { aheadMs: 0 };
  const config = readConfig(
    {
      SECRET_SVC_LISTEN: "127.0.0.1:0",
      SECRET_SVC_DATA_DIR: dataDir,
      SECRET_SVC_TLS_CERT: certFile,
      SECRET_SVC_TLS_KEY: keyFile,
      SECRET_SVC_ISSUERS: certificates.write("issuers.yaml", issuers),
      ...env,
    },
    noFlags,
  );
  const server = await startServer(config, () => Date.now() + clock.aheadMs);
  const adminToken = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  return {
    url: server.url,
    /** What clients check the service against. */
    ca: cert,
    caFile: certFile,
    clock,
    adminToken,
    admin: { authorization: `Bearer ${adminToken}` },
    reload: () => server.reload(),
    stop: async () => {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
