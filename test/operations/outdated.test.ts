import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { schemaVersion } from "../../src/store/sqlite/schema.ts";
import { startServer } from "../support/server-process.ts";

test("fault B12: a process whose store a newer version has migrated refuses calls, says why, and ends", async () => {
  const server = await startServer();
  const headers = { authorization: `Bearer ${server.adminToken}`, "content-type": "application/json" };
  const ask = () => fetch(`${server.url}/secret-svc/secrets`, { method: "POST", headers, body: "{}" });
  expect((await ask()).status).toBe(200);
  const db = new DatabaseSync(join(server.dataDir, "secrets.db"));
  db.exec(`UPDATE meta SET value = ${schemaVersion + 1} WHERE name = 'schema'`);
  const answers: number[] = [];
  let isRunning = true;
  const ended = server.ended.finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    answers.push(
      await ask().then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await ended).toBe(1);
  // Once one call was refused, none is answered, until the port is closed.
  const refused = answers.slice(answers.findIndex((status) => status !== 200));
  expect(refused.filter((status) => status !== 503 && status !== 0)).toEqual([]);
  expect(server.output()).toContain(
    `error: this process ends: secrets.db has schema version ${schemaVersion + 1}; this program needs ${schemaVersion}: a newer version of secret-svc wrote it`,
  );
  db.exec(`UPDATE meta SET value = ${schemaVersion} WHERE name = 'schema'`);
  db.close();
  const again = await startServer({ dataDir: server.dataDir });
  await again.stop();
  await server.stop();
});
