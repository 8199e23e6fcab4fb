import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  await service.admin(["secret", "save", "A", "1"]);
  await service.admin(["secret", "list", "--show"]);
  await service.admin(["secret", "save", "A", "2"]);
});
afterAll(() => service.stop());

/** Does something to a file of the store, as anyone who can write to it can, and undoes it after the work. */
async function whileEdited(file: string, edit: (db: DatabaseSync) => void, work: () => Promise<void>): Promise<void> {
  const db = new DatabaseSync(join(service.server.dataDir, file), { timeout: 5_000 });
  const rows = db.prepare("SELECT rowid AS row, * FROM audit").all();
  try {
    edit(db);
    await work();
  } finally {
    db.exec("BEGIN IMMEDIATE");
    for (const { row, ...columns } of rows) {
      const names = Object.keys(columns);
      const marks = names.map(() => "?").join(", ");
      const sql = `INSERT OR REPLACE INTO audit (rowid, ${names.join(", ")}) VALUES (?, ${marks})`;
      db.prepare(sql).run(row ?? null, ...names.map((name) => columns[name] ?? null));
    }
    db.exec("COMMIT");
    db.close();
  }
}

test("threat 102: oo audit verify names the first bad record", async () => {
  const intact = await service.admin(["audit", "verify"]);
  expect(intact).toMatchObject({ code: 0, stderr: "" });
  expect(intact.stdout).toMatch(/^intact: \d+ audit records in \d+ chains\n$/);

  const change = (db: DatabaseSync) =>
    db.exec("UPDATE audit SET principal = 'mallory' WHERE key = 'A' AND version = 2");
  await whileEdited("secrets.db", change, async () => {
    const found = await service.admin(["audit", "verify"]);
    expect(found).toMatchObject({ code: 1, stdout: "" });
    expect(found.stderr).toMatch(
      /oo: error: record \d+ of chain [0-9a-f]+\.changes was changed \(the record before it is from /,
    );
    expect(found.stderr).toContain("oo: error: the audit log does not match what was recorded");
    const json = JSON.parse((await service.admin(["audit", "verify", "-o", "json"])).stdout);
    expect(json).toMatchObject({ intact: false, problems: [{ kind: "EDITED" }] });
    expect((await service.admin(["audit", "head"])).stdout).toBe("");
  });
  const drop = (db: DatabaseSync) => db.exec("DELETE FROM audit WHERE action = 'secret.read'");
  await whileEdited("audit.db", drop, async () => {
    const found = await service.admin(["audit", "verify"]);
    expect(found.stderr).toMatch(/record \d+ of chain [0-9a-f]+\.access@\S+\.journal is missing, or not in its place/);
  });
  expect(await service.admin(["audit", "verify"])).toMatchObject({ code: 0 });
});

test("threat 102: records cut off at the end are found with a head from before", async () => {
  const head = await service.admin(["audit", "head"]);
  expect(head).toMatchObject({ code: 0, stderr: "" });
  expect(head.stdout).toMatch(/^head\.v1\.\S+\n$/);
  const file = join(service.folder, "head.txt");
  writeFileSync(file, head.stdout);
  expect(await service.admin(["audit", "verify", "--head", file])).toMatchObject({ code: 0 });
  const cut = (db: DatabaseSync) =>
    db.exec("DELETE FROM audit WHERE rowid >= (SELECT max(rowid) FROM audit WHERE key = 'A')");
  await whileEdited("secrets.db", cut, async () => {
    expect(await service.admin(["audit", "verify"])).toMatchObject({ code: 0 });
    const found = await service.admin(["audit", "verify", "--head", file]);
    expect(found).toMatchObject({ code: 1 });
    expect(found.stderr).toMatch(/chain [0-9a-f]+\.changes was cut off: record \d+ was there when the head was made/);
  });
  writeFileSync(file, `${head.stdout.trim().slice(0, -2)}AA\n`);
  const forged = await service.admin(["audit", "verify", "--head", file]);
  expect(forged).toMatchObject({ code: 1 });
  expect(forged.stderr).toContain("head is not a head of this service's audit log");
  expect(await service.admin(["audit", "verify", "--head", "no-such-file"])).toMatchObject({ code: 2 });
});

test("only operators may", async () => {
  const token = await service.addUser("alice", "--admin");
  const denied = await service.as(token, ["audit", "verify"]);
  expect(denied).toMatchObject({ code: 1 });
  expect(denied.stderr).toContain("only an operator may verify the audit log");
});

test("who read this secret since a time is one command", async () => {
  const token = await service.addUser("reader");
  await service.admin(["secret", "save", "shared/KEY", "1", "--readers", "reader"]);
  await service.as(token, ["secret", "list", "shared/KEY", "--show"]);
  const since = ["--key", "shared/KEY", "--action", "secret.read", "--since", "1h"];
  const { stdout } = await service.admin(["audit", "list", ...since, "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([{ principal: "reader", key: "shared/KEY", decision: "allowed" }]);
});
