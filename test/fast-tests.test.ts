import { globSync } from "node:fs";
import { expect, test } from "vitest";
import { fastTests, otherSuites, reasonNotFast, slowTests } from "./support/vitest/fast-tests.ts";
import { runOptions } from "./support/vitest/run-options.ts";

const fast = fastTests();

test("every file of tests is a fast one, or is left out for a reason", () => {
  const others = globSync(otherSuites);
  const left = globSync("test/**/*.test.ts").filter((file) => !fast.includes(file) && !others.includes(file));
  for (const file of left) expect(reasonNotFast(file), file).toBeDefined();
  expect(left.length).toBeGreaterThan(0);
});

test.each([
  ["test/cli/run.test.ts", "may start a process"],
  ["test/cli/keys.test.ts", "may start a process"],
  ["test/backup/restore.test.ts", "needs a MongoDB"],
  ["test/api/users.test.ts", undefined],
  ["test/cli/versions.test.ts", undefined],
])("%s: %s, as what it imports says, itself or through helpers", (file, reason) => {
  expect(reasonNotFast(file)).toBe(reason);
});

test("the list of slow tests names files that there are, each once", () => {
  expect(globSync([...slowTests]).sort()).toEqual([...slowTests]);
});

test("fault E11: test files share processes, and what one of them leaves behind fails the run", () => {
  const { isolate, dangerouslyIgnoreUnhandledErrors, onUnhandledError } = runOptions;
  expect({ isolate, dangerouslyIgnoreUnhandledErrors, onUnhandledError }).toEqual({ isolate: false });
});
