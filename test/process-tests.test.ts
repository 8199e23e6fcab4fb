import { globSync } from "node:fs";
import { expect, test } from "vitest";
import { mongoProcessTests, processTests } from "./support/vitest/process-tests.ts";
import { filesOf } from "./support/vitest/projects.ts";

test("the lists of tests with processes name files that there are, each once", () => {
  for (const list of [processTests, mongoProcessTests]) expect(globSync([...list]).sort()).toEqual([...list]);
});

test.each(["sqlite", "mongodb"] as const)(
  "on %s, `npm test` and `npm run test:processes` together run every file",
  (store) => {
    const [all, quick, processes] = (["all", "quick", "processes"] as const).map((part) => {
      const { include, exclude } = filesOf(part, store);
      return globSync(include, { exclude }).sort();
    });
    expect(processes?.length).toBeGreaterThan(0);
    expect([...(quick ?? []), ...(processes ?? [])].sort()).toEqual(all);
  },
);
