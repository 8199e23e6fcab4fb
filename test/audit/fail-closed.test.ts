import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ErrorDetailSchema, Reason } from "../../gen/secret/v1/error_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { makeDataDir, testConfig } from "../support/secrets/core.ts";

const config = testConfig(makeDataDir());
const value = "canary-4711";
let server: RunningServer;
let headers: { authorization: string };

beforeAll(async () => {
  server = await startServer(config);
  headers = { authorization: `Bearer ${readFileSync(join(config.dataDir, "admin.token"), "utf8").trim()}` };
});
afterAll(async () => {
  await server.close();
  rmSync(config.dataDir, { recursive: true });
});

/** Takes the write lock of the access records' file away from the service, as a stuck backup or a full disk would. */
async function whileAuditIsBlocked(work: () => Promise<void>): Promise<void> {
  const db = new DatabaseSync(join(config.dataDir, "audit.db"), { timeout: 5_000 });
  db.exec("BEGIN EXCLUSIVE");
  try {
    await work();
  } finally {
    db.exec("ROLLBACK");
    db.close();
  }
}

const textOf = async (path: string, body?: unknown) => {
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(server.url + path, {
    ...request,
    headers: { ...headers, "content-type": "application/json" },
  });
  return { status: response.status, text: await response.text() };
};

describe("threat 101: when access records cannot be stored", () => {
  test("no value leaves the service, changes still can be made, and it recovers by itself", async () => {
    const secrets = createClient(SecretService, createConnectTransport({ baseUrl: server.url, httpVersion: "1.1" }));
    await secrets.saveSecrets({ secrets: [{ key: "A", value }] }, { headers });
    expect((await secrets.listSecrets({ key: "A" }, { headers })).secrets[0]?.value).toBe(value);

    await whileAuditIsBlocked(async () => {
      const [read, listed, denied, saved] = await Promise.allSettled([
        secrets.listSecrets({ key: "A" }, { headers }),
        textOf("/secret-svc/secrets", { view: "SECRET_VIEW_METADATA" }),
        secrets.removeSecrets({ key: "NOT-THERE" }, { headers }),
        // Records of changes commit with the change itself, in the other file.
        secrets.saveSecrets({ secrets: [{ key: "B", value }] }, { headers }),
      ]);
      expect(saved.status).toBe("fulfilled");
      for (const refused of [read, denied]) {
        const error = refused.status === "rejected" ? refused.reason : undefined;
        expect(error).toBeInstanceOf(ConnectError);
        expect((error as ConnectError).code).toBe(Code.Unavailable);
        expect((error as ConnectError).findDetails(ErrorDetailSchema)[0]?.reason).toBe(Reason.AUDIT_UNAVAILABLE);
        expect(JSON.stringify(error)).not.toContain(value);
      }
      expect(listed).toMatchObject({ status: "fulfilled", value: { status: 503 } });
      expect((await textOf("/readyz")).status).toBe(503);
    });

    // Whatever the service still waits for comes to its end first.
    await expect
      .poll(async () => (await textOf("/secret-svc/secrets", { key: "A" })).status, { timeout: 60_000 })
      .toBe(200);
    expect((await secrets.listSecrets({ key: "A" }, { headers })).secrets[0]?.value).toBe(value);
    expect((await textOf("/readyz")).status).toBe(200);
  });
});
