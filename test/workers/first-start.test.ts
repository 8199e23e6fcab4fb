import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { expect, test } from "vitest";
import { createTestDatabase } from "../support/mongo/test-database.ts";
import { startServer } from "../support/server-process.ts";

const rounds = 10;

test("fault B18: processes that start at once on an empty database, with one admin token, all come up", async () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-at-once-"));
  try {
    for (let round = 0; round < rounds; round += 1) {
      const database = await createTestDatabase();
      const token = `oo_${randomBytes(32).toString("base64url")}`;
      const tokenFile = join(folder, "token");
      writeFileSync(tokenFile, token, { mode: 0o600 });
      const env = {
        SECRET_SVC_STORE: database.uri,
        OB_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
        OB_ADMIN_TOKEN_FILE: tokenFile,
      };
      const starts = await Promise.allSettled([1, 2].map(() => startServer({ env })));
      const client = await MongoClient.connect(database.uri);
      const [users, tokens] = await Promise.all([
        client.db().collection("users").countDocuments(),
        client.db().collection("tokens").countDocuments(),
      ]);
      await client.close();
      const outcomes = [];
      for (const start of starts) {
        if (start.status === "rejected") {
          outcomes.push(String(start.reason));
          continue;
        }
        const headers = { authorization: `Bearer ${token}` };
        outcomes.push((await fetch(`${start.value.url}/secret-svc/whoami`, { headers })).status);
        await start.value.stop();
      }
      await database.drop();
      expect(outcomes).toEqual([200, 200]);
      expect({ users, tokens }).toEqual({ users: 1, tokens: 1 });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
