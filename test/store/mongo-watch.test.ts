import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnectTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTokenSecret } from "../../src/rules/token.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, apiOf } from "../support/api/fixture.ts";
import { sendToken } from "../support/api/in-memory-transport.ts";
import { startWatch } from "../support/api/watch.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const adminToken = createTokenSecret();
let folder: string;
let database: TestDatabase;
let services: readonly ServerProcess[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mongo-watch-"));
  const tokenFile = join(folder, "admin.token");
  writeFileSync(tokenFile, `${adminToken}\n`, { mode: 0o600 });
  database = await createTestDatabase();
  const env = {
    SECRET_SVC_STORE: database.uri,
    OB_ENCRYPTION_KEY: Buffer.alloc(32, 0x5a).toString("base64"),
    OB_ADMIN_TOKEN_FILE: tokenFile,
  };
  const first = await startServer({ env });
  services = [first, await startServer({ env })];
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await database.drop();
  rmSync(folder, { recursive: true });
});

function at(process: number, token = adminToken): Api {
  const baseUrl = services[process]?.url ?? "";
  const transport = createConnectTransport({ baseUrl, httpVersion: "1.1", interceptors: [sendToken(token)] });
  return apiOf(transport, token);
}

test("a watch at one process reports what another one stores, and goes on at any of them", async () => {
  const watch = await startWatch(at(0));
  for (const [process, key] of [
    [1, "A"],
    [0, "B"],
    [1, "C"],
  ] as const) {
    await at(process).secrets.saveSecrets({ secrets: [{ key, value: "1" }] });
  }
  const changes = [await watch.firstChange(), await watch.firstChange()];
  watch.end();
  const [, second] = changes;
  const later = await startWatch(at(1), { resumeToken: second?.resumeToken ?? "" });
  expect(await later.changes(1)).toEqual(["APPEARED C@1"]);
  later.end();
});

test("threat 92: ends when the token is revoked at another process", async () => {
  const { secret, token } = await at(0).identity.createToken({ slug: "admin" });
  const watch = await startWatch(at(0, secret));
  await at(1).identity.revokeToken({ id: token?.id ?? "" });
  await expectFailure(watch.next(), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
});
