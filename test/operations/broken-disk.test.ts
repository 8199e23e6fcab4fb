import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startServer } from "../support/server-process.ts";
import { damagePage } from "../support/store/damage.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-disk-"));
afterAll(() => rmSync(folder, { recursive: true }));

const patience = { timeout: 60_000, interval: 100 };

test.each(["users", "tokens", "secret"])(
  "fault B1: an unreadable page of the table %s is answered and logged, and the process lives",
  async (table) => {
    const dataDir = join(folder, table);
    const whole = await startServer({ dataDir });
    const headers = { authorization: `Bearer ${whole.adminToken}`, "content-type": "application/json" };
    const save = { method: "PUT", headers, body: JSON.stringify({ secrets: [{ key: "a/A", value: "hello" }] }) };
    expect((await fetch(`${whole.url}/secret-svc/secrets`, save)).status).toBe(200);
    await whole.stop();
    damagePage(join(dataDir, "secrets.db"), table);

    const server = await startServer({ dataDir });
    const read = { method: "POST", headers, body: JSON.stringify({ key: "a/A" }) };
    for (let call = 0; call < 3; call += 1) {
      const answer = await fetch(`${server.url}/secret-svc/secrets`, read);
      expect([answer.status, await answer.text()]).toEqual([
        503,
        expect.stringContaining("a page of its file is damaged"),
      ]);
    }
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, patience).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(server.output()).toContain(
      "not ready: the store does not work: StoreError: the store could not be read: a page",
    );
    await server.stop();
  },
);

test("fault B6: a page that only writes use makes the service not ready", async () => {
  const dataDir = join(folder, "index");
  await (await startServer({ dataDir })).stop();
  damagePage(join(dataDir, "secrets.db"), "secret_kid");
  const server = await startServer({ dataDir });
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, patience).toBe(503);
  expect(server.output()).toContain("a page of its file is damaged");
  await server.stop();
});
