import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeRecords } from "../../src/backup/content.ts";
import { readBackupPrivateKey } from "../../src/crypto/backup-key.ts";
import { decryptBackup } from "../../src/crypto/backup-stream.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type ServerInProcess, startServerInProcess } from "../support/server-in-process.ts";

const folder = join(import.meta.dirname, "stores/7c1a95c");
const read = (name: string) => readFileSync(join(folder, name));
const encryptionKey = Buffer.from("store vectors of secret-svc, test").subarray(0, 32).toString("base64");

/** What the store holds; removed secrets are left out, since the service purges them after a while. */
const values = {
  DATABASE_URL: "postgresql://user:pass2@host:5432/db",
  IDEMPOTENT: "once",
  REVIVED: "two",
  "payment-svc/STRIPE_SECRET_KEY": "sk_test_abc123",
  "prod/API_KEY": "sk_live_ünicode 🔑",
};

/** An expiry date makes a state change with time. */
const withoutState = (secret: object) => ({ ...secret, state: "" });

describe("the store that commit 7c1a95c wrote", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "old-store-"));
  let server: ServerInProcess;

  beforeAll(async () => {
    for (const name of ["secrets.db", "audit.db", "admin.token"]) cpSync(join(folder, name), join(dataDir, name));
    server = await startServerInProcess({ dataDir, env: { OB_ENCRYPTION_KEY: encryptionKey } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true });
  });

  const oo = async (args: readonly string[], token = read("admin.token").toString().trim()) => {
    const run = await runOo(args, { env: { OO_URL: server.url, OO_TOKEN: token } });
    expect(run, run.stderr).toMatchObject({ code: 0 });
    return run.stdout;
  };

  test("opens with every value, list and state", async () => {
    const secrets = JSON.parse(await oo(["secret", "list", "--show", "-o", "json"])) as {
      key: string;
      value: string;
    }[];
    expect(Object.fromEntries(secrets.map(({ key, value }) => [key, value]))).toEqual(values);
    const before = JSON.parse(readFileSync(join(folder, "list.json"), "utf8")) as { key: string }[];
    const now = JSON.parse(await oo(["secret", "list", "-o", "json"])) as { key: string }[];
    const keys = before.map(({ key }) => key);
    expect(now.filter(({ key }) => keys.includes(key)).map(withoutState)).toEqual(before.map(withoutState));
  });

  test("has its history, its users and its tokens", async () => {
    expect(await oo(["secret", "versions", "DATABASE_URL"])).toMatch(/\n2 .*\n1 /);
    expect(await oo(["user", "list"])).toMatch(/admin[\s\S]*payment-svc/);
    const narrowed = read("narrow.token").toString().trim();
    expect(await oo(["user", "whoami"], narrowed)).toMatch(/payment-svc/);
    const shown = await oo(["secret", "list", "--show", "-o", "json"], narrowed);
    expect(JSON.parse(shown)).toMatchObject([{ value: "sk_test_abc123" }]);
  });

  test("can be changed, and its audit log still verifies, against the head of then as well", async () => {
    await oo(["secret", "save", "prod/API_KEY", "changed"]);
    await oo(["audit", "verify"]);
    await oo(["audit", "verify", "--head", join(folder, "audit.head")]);
    const records = JSON.parse(await oo(["audit", "list", "--limit", "100", "-o", "json"])) as { requestId: string }[];
    const known = new Set(records.map(({ requestId }) => requestId));
    const exported = read("audit.jsonl").toString().trimEnd().split("\n");
    for (const line of exported) expect(known).toContain((JSON.parse(line) as { requestId: string }).requestId);
  });
});

test("the backup that commit 7c1a95c wrote decrypts, and has every user, token and secret", async () => {
  const key = await readBackupPrivateKey(read("backup.key").toString().trim());
  const source = (async function* () {
    yield read("backup.sealed");
  })();
  const kinds = new Map<string, number>();
  for await (const { kind } of decodeRecords(decryptBackup(key, source))) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  expect(kinds.get("user")).toBe(3);
  expect(kinds.get("token")).toBe(4);
  expect(kinds.get("secret")).toBe(6);
});
