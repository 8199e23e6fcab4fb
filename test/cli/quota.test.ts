import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  await service.admin(["secret", "save", "A", "value"]);
});
afterAll(() => service.stop());

const quota = (...args: string[]) => service.admin(["quota", ...args]);

test("fault A3: whoami shows what the caller has and may have", async () => {
  const { stdout } = await service.admin(["user", "whoami"]);
  expect(stdout).toMatch(
    /^secrets: +1 of 100000\nstored: +\d+ B of 1 GiB\nlive tokens: +1 of 2000\nwatches: +0 of 100\n/m,
  );
  const { usage } = JSON.parse((await service.admin(["user", "whoami", "-o", "json"])).stdout);
  expect(usage.secrets).toEqual({ used: 1, limit: 100_000 });
});

test("fault A3: quotas of a tenant are shown, set and cleared", async () => {
  expect((await quota("set", "--tenant", "acme", "--tenant-bytes", "1536KiB", "--user-secrets", "off")).stdout).toBe(
    "user-secrets:  off\ntenant-bytes:  1.5 MiB\n",
  );
  const shown = await quota("show", "--tenant", "acme");
  expect(shown.stdout).toMatch(
    /^tenant\n +secrets: +0 of 400000\n +stored: +0 B of 1.5 MiB\n(?:.*\n)*user\n +secrets: +0 of any number\n/,
  );
  expect(shown.stdout).toContain("set for this tenant\n");
  const json = JSON.parse((await quota("show", "--tenant", "acme", "-o", "json")).stdout);
  expect(json.tenant.bytes).toEqual({ used: 0, limit: 1536 * 1024 });
  expect(json.user.secrets).toEqual({ used: 0, limit: null });
  const cleared = await quota("set", "--tenant", "acme", "--tenant-bytes", "default", "--user-secrets", "default");
  expect(cleared.stdout).toBe("all limits are those of the settings\n");
  expect((await quota("show")).stdout).toMatch(/^tenant\n +secrets: +1 of 400000\n/);
});

test("fault A3: a malformed limit is wrong usage", async () => {
  for (const [option, value, rule] of [
    ["--tenant-bytes", "2GB", "must be a number of bytes such as 500MiB, off or default"],
    ["--user-tokens", "many", "must be a whole number, off or default"],
    ["--user-tokens", "5MiB", "must be a whole number, off or default"],
  ] as const) {
    const { code, stderr } = await quota("set", option, value);
    expect(code).toBe(2);
    expect(stderr).toContain(`${option} ${rule}`);
  }
  expect(await quota("set")).toMatchObject({ code: 2, stdout: "" });
});

test("fault A3: a save beyond the quota says so, with the limit and what helps", async () => {
  await quota("set", "--tenant-secrets", "1");
  const { code, stderr } = await service.admin(["secret", "save", "B", "value"]);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "oo: error: the tenant would have 2 secrets, and may have 1: remove secrets that no one needs",
  );
  expect(stderr).toContain("oo: hint: `oo user whoami` shows what you have and may have\n");
});
