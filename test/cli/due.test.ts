import { afterAll, beforeAll, expect, test } from "vitest";
import { runOoProcess } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
/** The command of `oo secret run` writes to the streams of the process. */
const asProcess = (args: readonly string[]) =>
  runOoProcess(args, { env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken } });
const inDays = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString().slice(0, 19);

beforeAll(async () => {
  service = await startCliService();
  const save = (key: string, expires: string) => ["secret", "save", key, "v", "--metadata", `expires=${expires}`];
  await service.admin(save("due/GONE", "2026-01-01"));
  await service.admin(save("due/NEAR", `${inDays(5)}Z`));
  await service.admin(save("due/FAR", `${inDays(25)}Z`));
  await service.admin(["secret", "save", "fine/KEY", "v"]);
});
afterAll(() => service.stop());

const keysOf = async (...args: string[]) => {
  const { stdout } = await service.admin(["secret", "list", "--no-header", ...args]);
  return stdout.split("\n").map((line) => line.split(" ")[0]);
};

test("list --state expiring --within", async () => {
  expect(await keysOf("--state", "expiring")).toEqual(["due/NEAR", ""]);
  expect(await keysOf("--state", "expiring", "--within", "14d")).toEqual(["due/NEAR", ""]);
  expect(await keysOf("--state", "expiring", "--within", "30d")).toEqual(["due/FAR", "due/NEAR", ""]);
  expect(await keysOf("--state", "expired")).toEqual(["due/GONE", ""]);
  const list = (...args: string[]) => service.admin(["secret", "list", ...args]);
  expect(await list("--within", "30d")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: /--within needs --state expiring/,
  });
  expect(await list("--state", "expiring", "--within", "soon")).toMatchObject({ code: 2, stderr: /--within must be/ });
});

test("a reader of a value that is due is warned on standard error, and gets the value all the same", async () => {
  const warnings = [
    expect.stringMatching(/^oo: warning: due\/GONE expired at 2026-01-02T00:00:00Z$/),
    expect.stringMatching(/^oo: warning: due\/NEAR expires at \d{4}-\d\d-\d\dT/),
  ];
  for (const [args, stdout] of [
    [["list", "--show", "-n", "due", "--quiet"], "due/GONE"],
    [["export", "-n", "due", "--format", "dotenv"], "GONE="],
    [["run", "-n", "due", "--", "sh", "-c", 'echo "got $GONE"'], "got v"],
  ] as const) {
    const run = await (args[0] === "run" ? asProcess : service.admin)(["secret", ...args]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(stdout);
    expect(run.stderr.trimEnd().split("\n")).toEqual(warnings);
  }
  for (const args of [
    ["list", "--show", "-n", "fine"],
    ["list", "-n", "due"],
  ]) {
    expect((await service.admin(["secret", ...args])).stderr).toBe("");
  }
});
