import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { programPath } from "../support/built-package.ts";
import { defaultKey, type Environment, folder, keyA, keyB, kidOf, rawA, rawB } from "../support/config/fixture.ts";
import { startServer } from "../support/server-process.ts";

describe("secret-svc serve", () => {
  const program = programPath("secret-svc");

  /** Starts it where it must not start, and gives what it says. */
  async function refusal(env: Environment, ...args: string[]): Promise<string> {
    const settings = { PATH: process.env.PATH ?? "", SECRET_SVC_LISTEN: "127.0.0.1:0" };
    const error: unknown = await promisify(execFile)(program, ["serve", ...args], {
      env: { ...settings, SECRET_SVC_DATA_DIR: join(folder, "refused"), ...env },
    }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 78, stdout: "" });
    return (error as { stderr: string }).stderr;
  }

  async function readBack(url: string, adminToken: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/secret-svc/secrets`, { method: "POST", headers, body: '{"keys":["A"]}' });
    return answer.json();
  }

  async function saveA(url: string, adminToken: string): Promise<void> {
    const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
    const body = '{"secrets":[{"key":"A","value":"canary"}]}';
    expect((await fetch(`${url}/secret-svc/secrets`, { method: "PUT", headers, body })).status).toBe(200);
  }

  test("threat 107: does not start with a malformed key, and leaves no data behind", async () => {
    const stderr = await refusal({ OB_ENCRYPTION_KEY: keyA.slice(0, -1) });
    expect(stderr).toMatch(/^secret-svc: error: OB_ENCRYPTION_KEY: .* got 43 characters, all base64\n$/);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("threat 107: does not start without the key of its store, names it, and starts when it is among the previous ones", async () => {
    const dataDir = join(folder, "rotated");
    const first = await startServer({ dataDir, env: { OB_ENCRYPTION_KEY: keyA } });
    await saveA(first.url, first.adminToken);
    await first.stop();
    expect(existsSync(join(dataDir, "encryption.key"))).toBe(false);

    const wrong = await refusal({ SECRET_SVC_DATA_DIR: dataDir, OB_ENCRYPTION_KEY: keyB });
    expect(wrong).toContain(`needs the encryption key with the fingerprint ${kidOf(rawA)}`);
    expect(wrong).toContain(kidOf(rawB));
    expect(wrong).not.toContain(keyB);

    const env = { OB_ENCRYPTION_KEY: keyB, OB_PREVIOUS_ENCRYPTION_KEYS: keyA };
    const rotated = await startServer({ dataDir, env });
    expect(await readBack(rotated.url, first.adminToken)).toMatchObject({ secrets: [{ value: "canary" }] });
    await saveA(rotated.url, first.adminToken);
    await rotated.stop();

    const early = await refusal({ SECRET_SVC_DATA_DIR: dataDir, OB_ENCRYPTION_KEY: keyB });
    expect(early).toContain(`needs the encryption key with the fingerprint ${kidOf(rawA)}`);
  });

  test("threat 107: runs with the old default key, and says that it is not secure", async () => {
    const server = await startServer({ env: { OB_ENCRYPTION_KEY: defaultKey } });
    try {
      const headers = { authorization: `Bearer ${server.adminToken}` };
      const answer = await fetch(`${server.url}/secret-svc/is-secure`, { headers });
      expect(await answer.json()).toMatchObject({
        isSecure: false,
        reasons: ["it is using the default encryption key"],
      });
      expect(server.output()).toContain("the default key");
      expect(server.output()).not.toContain(defaultKey);
    } finally {
      await server.stop();
    }
  });

  test("makes a key of its own next to the data, and takes settings as flags", async () => {
    const dataDir = join(folder, "own");
    const server = await startServer({ dataDir, args: ["--audit-sync", "full", "--reflection", "off"] });
    await server.stop();
    expect(readFileSync(join(dataDir, "encryption.key"), "utf8")).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect(await refusal({}, "--listen", "nowhere")).toMatch(/^secret-svc: error: SECRET_SVC_LISTEN must be/);
  });

  test("has no flag for a secret", async () => {
    const { stdout } = await promisify(execFile)(program, ["serve", "--help"], {
      env: { PATH: process.env.PATH ?? "" },
    });
    expect(stdout.match(/--[a-z-]+/g)?.sort()).toEqual(
      [
        "--audit-sync",
        "--data-dir",
        "--help",
        "--issuers",
        "--listen",
        "--reflection",
        "--store",
        "--tls-cert",
        "--tls-key",
        "--workers",
      ].sort(),
    );
    for (const name of ["OB_ENCRYPTION_KEY", "OB_PREVIOUS_ENCRYPTION_KEYS", "OB_ADMIN_TOKEN_FILE"]) {
      expect(stdout).toContain(name);
    }
  });
});
