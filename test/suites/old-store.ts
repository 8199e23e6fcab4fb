import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type ServerInProcess, startServerInProcess } from "../support/server-in-process.ts";

export const encryptionKey = Buffer.from("store vectors of secret-svc, test").subarray(0, 32).toString("base64");

/** What the stores hold; removed secrets are left out, since the service purges them after a while. */
const values = {
  DATABASE_URL: "postgresql://user:pass2@host:5432/db",
  IDEMPOTENT: "once",
  REVIVED: "two",
  "payment-svc/STRIPE_SECRET_KEY": "sk_test_abc123",
  "prod/API_KEY": "sk_live_ünicode 🔑",
};

/** An expiry date makes a state change with time, and a newer `oo` shows the rights of the caller. */
const withoutState = (secret: object) => ({ ...secret, state: "", rights: [] });

const caller = (server: ServerInProcess) => async (args: readonly string[], token: string) => {
  const run = await runOo(args, { env: { OO_URL: server.url, OO_TOKEN: token } });
  expect(run, run.stderr).toMatchObject({ code: 0 });
  return run.stdout;
};

async function valuesOf(server: ServerInProcess, token: string): Promise<Record<string, string>> {
  const shown = await caller(server)(["secret", "list", "--show", "-o", "json"], token);
  const secrets = JSON.parse(shown) as { key: string; value: string }[];
  return Object.fromEntries(secrets.map(({ key, value }) => [key, value]));
}

/** A store of an older version: `folder` has what its service printed, and `start` starts today's service on it. */
export function describeOldStore(name: string, folder: string, start: () => Promise<ServerInProcess>): void {
  describe(name, () => {
    const read = (file: string) => readFileSync(join(folder, file), "utf8");
    const adminToken = read("admin.token").trim();
    let server: ServerInProcess;

    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());

    const oo = (args: readonly string[], token = adminToken) => caller(server)(args, token);

    test("opens with every value, list and state", async () => {
      expect(await valuesOf(server, adminToken)).toEqual(values);
      const before = JSON.parse(read("list.json")) as { key: string }[];
      const now = JSON.parse(await oo(["secret", "list", "-o", "json"])) as { key: string }[];
      const keys = before.map(({ key }) => key);
      expect(now.filter(({ key }) => keys.includes(key)).map(withoutState)).toEqual(before.map(withoutState));
    });

    test("has its history, its users and its tokens", async () => {
      expect(await oo(["secret", "versions", "DATABASE_URL"])).toMatch(/\n2 .*\n1 /);
      expect(await oo(["user", "list"])).toMatch(/admin[\s\S]*payment-svc/);
      const narrowed = read("narrow.token").trim();
      expect(await oo(["user", "whoami"], narrowed)).toMatch(/payment-svc/);
      const shown = await oo(["secret", "list", "--show", "-o", "json"], narrowed);
      expect(JSON.parse(shown)).toMatchObject([{ value: "sk_test_abc123" }]);
    });

    test("can be changed, and its audit log still verifies, against the head of then as well", async () => {
      await oo(["secret", "save", "prod/API_KEY", "changed"]);
      await oo(["audit", "verify"]);
      await oo(["audit", "verify", "--head", join(folder, "audit.head")]);
      const records = JSON.parse(await oo(["audit", "list", "--limit", "100", "-o", "json"])) as {
        requestId: string;
      }[];
      const known = new Set(records.map(({ requestId }) => requestId));
      const exported = read("audit.jsonl").trimEnd().split("\n");
      for (const line of exported) expect(known).toContain((JSON.parse(line) as { requestId: string }).requestId);
    });
  });
}

/** A backup of an older version, restored by today's program into the store of `environment`. */
export function testOldBackup(name: string, folder: string, environment: () => Promise<Record<string, string>>): void {
  test(`${name} verifies, and restores with every value, list and token`, async () => {
    const work = mkdtempSync(join(tmpdir(), "old-backup-"));
    try {
      for (const file of ["backup.sealed", "backup.key"]) cpSync(join(folder, file), join(work, file));
      chmodSync(join(work, "backup.key"), 0o600);
      const env = { ...(await environment()), OB_ENCRYPTION_KEY: Buffer.alloc(32, 5).toString("base64") };
      const from = ["--from", "backup.sealed", "--key", "backup.key"];
      const verified = await runProgram(programPath("secret-svc"), ["verify", ...from], { cwd: work, env });
      expect(verified).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^verified 6 secrets .*3 users, 4 tokens/),
      });
      const restored = await runProgram(programPath("secret-svc"), ["restore", ...from, "--data-dir", "data"], {
        cwd: work,
        env,
      });
      expect(restored).toMatchObject({ code: 0, stdout: verified.stdout.replace("verified", "restored") });
      const adminToken = readFileSync(join(folder, "admin.token"), "utf8").trim();
      mkdirSync(join(work, "data"), { recursive: true });
      cpSync(join(folder, "admin.token"), join(work, "data/admin.token"));
      const server = await startServerInProcess({ dataDir: join(work, "data"), env });
      try {
        expect(await valuesOf(server, adminToken)).toEqual(values);
      } finally {
        await server.stop();
      }
    } finally {
      rmSync(work, { recursive: true });
    }
  });
}
