import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../support/cli/run-process.ts";

const run = (args: readonly string[], env: Record<string, string>) =>
  runProgram(process.execPath, [join(import.meta.dirname, "run.ts"), ...args], { env: { PATH: "/nowhere", ...env } });

test("clients whose toolchain is missing are skipped, and it says so", async () => {
  const { code, stdout } = await run([], {});
  expect(stdout).toContain("--- go: skipped: it needs go 1.26 or newer (there is none)");
  expect(stdout).toMatch(/^clients: 0 passed, 0 failed, \d+ skipped$/m);
  expect(code).toBe(0);
});

test("that is an error where CI is set", async () => {
  const { code, stdout } = await run(["python"], { CI: "true" });
  expect(stdout).toContain("--- python: failed: it needs python3 3.10 or newer (there is none)");
  expect(stdout).toContain("clients: 0 passed, 1 failed, 0 skipped");
  expect(code).toBe(1);
});

test("a client that there is not", async () => {
  const { code, stdout } = await run(["cobol"], {});
  expect(stdout).toContain("there is no client in cobol; there are go, python, typescript, java");
  expect(code).toBe(2);
});
