import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { createAuthenticator } from "../../src/identity/authenticate.ts";
import { createTokenSecret } from "../../src/rules/token.ts";
import { openCore } from "../../src/service/core.ts";
import { firstStart } from "../../src/service/first-start.ts";
import { programPath } from "../support/built-package.ts";
import { makeDataDir, startMs, testConfig } from "../support/secrets/core.ts";
import { startServer } from "../support/server-process.ts";

const folders: string[] = [];
function aFolder(): string {
  const folder = makeDataDir();
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Starts without a port, and returns who the token in use belongs to. */
async function startOnce(dataDir: string, adminToken?: string) {
  const config = { ...testConfig(dataDir), adminToken };
  const core = await openCore(config, () => startMs);
  const { tokenFile: file, isFirst } = await firstStart(core.context, config);
  const authenticator = createAuthenticator({ ...core.context, onRefused: () => {} });
  const token = adminToken ?? readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  const caller = await authenticator.authenticate(`Bearer ${token}`, "192.0.2.1");
  const tokens = await core.context.store.listTokens("default", undefined, "", 100);
  await core.close();
  return { file, isFirst, token, caller, tokens };
}

/** A first start that ends before there is an admin. */
async function startInPart(dataDir: string): Promise<void> {
  await (await openCore(testConfig(dataDir), () => startMs)).close();
}

const firstAdmin = { tenant: "default", slug: "admin", admin: true, operator: true, tokenExpireAtMs: 0 };

describe("the first start", () => {
  test("makes an admin who is an operator, and a token that never expires in a file for its owner only", async () => {
    const dataDir = aFolder();
    const { file, isFirst, caller, token } = await startOnce(dataDir);
    expect(caller).toMatchObject(firstAdmin);
    expect(isFirst).toBe(true);
    expect(file).toBe(join(dataDir, "admin.token"));
    expect(token).toMatch(/^oo_/);
    expect(statSync(join(dataDir, "admin.token")).mode & 0o777).toBe(0o600);
  });

  test("is the only one that does", async () => {
    const dataDir = aFolder();
    const first = await startOnce(dataDir);
    const second = await startOnce(dataDir);
    expect(second.token).toBe(first.token);
    expect(second.isFirst).toBe(false);
    expect(second.tokens).toHaveLength(1);
  });

  test("threat 95: a crash between file and store leaves a token that the next start uses", async () => {
    const dataDir = aFolder();
    const left = createTokenSecret();
    await startInPart(dataDir);
    writeFileSync(join(dataDir, "admin.token"), `${left}\n`, { mode: 0o600 });
    const { token, caller } = await startOnce(dataDir);
    expect(token).toBe(left);
    expect(caller).toMatchObject(firstAdmin);
  });

  test("does not take a file that holds no token", async () => {
    const dataDir = aFolder();
    await startInPart(dataDir);
    writeFileSync(join(dataDir, "admin.token"), "secret\n", { mode: 0o600 });
    await expect(startOnce(dataDir)).rejects.toThrow("is not an admin token; remove it to get a new one");
  });

  test("takes a given token, and writes no file", async () => {
    const given = createTokenSecret();
    const { file, caller } = await startOnce(aFolder(), given);
    expect(caller).toMatchObject(firstAdmin);
    expect(file).toBeUndefined();
  });
});

describe("secret-svc admin-token", () => {
  const program = programPath("secret-svc");

  test("makes one more token while the service runs", async () => {
    const server = await startServer();
    try {
      const env = { PATH: process.env.PATH ?? "", SECRET_SVC_DATA_DIR: server.dataDir };
      const { stdout, stderr } = await promisify(execFile)(program, ["admin-token"], { env });
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^oo_[A-Za-z0-9_-]{43}\n$/);
      const whoAmI = async (token: string) => {
        const headers = { authorization: `Bearer ${token}` };
        return (await fetch(`${server.url}/secret-svc/whoami`, { headers })).json();
      };
      expect(await whoAmI(stdout.trim())).toMatchObject({ slug: "admin", admin: true, operator: true });
      expect(await whoAmI(server.adminToken)).toMatchObject({ slug: "admin" });
      expect(server.output()).not.toContain(stdout.trim());
    } finally {
      await server.stop();
    }
  });

  test("threat 107: does nothing without the key of the store", async () => {
    const key = "ab".repeat(32);
    const dataDir = aFolder();
    const server = await startServer({ dataDir, env: { OB_ENCRYPTION_KEY: key } });
    await server.stop();
    const env = { PATH: process.env.PATH ?? "", SECRET_SVC_DATA_DIR: dataDir };
    await expect(promisify(execFile)(program, ["admin-token"], { env })).rejects.toMatchObject({
      code: 78,
      stdout: "",
      stderr: expect.stringMatching(/^secret-svc: error: the store needs the encryption key with the fingerprint/),
    });
    expect(readdirSync(dataDir)).not.toContain("encryption.key");
  });
});
