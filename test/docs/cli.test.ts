import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loaderNames } from "../../src/cli/run/loader-names.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { repository } from "../support/docs/markdown.ts";

const reference = readFileSync(join(repository, "docs/cli.md"), "utf8");

const complete = async (...words: string[]) =>
  (await runOo(["__complete", "fish", "--", ...words, ""])).stdout.split("\n").filter((word) => word !== "");

test("docs/cli.md names every command", async () => {
  const listed = reference.split("\n").filter((line) => line.startsWith("| `oo "));
  for (const group of await complete()) {
    const names = listed.filter((line) => line.startsWith(`| \`oo ${group}`)).join("\n");
    expect(names, group).not.toBe("");
    for (const name of group === "completion" ? [] : await complete(group)) {
      expect(new RegExp(`\`(oo ${group} )?${name}\``).test(names), `oo ${group} ${name}`).toBe(true);
    }
  }
});

test("docs/cli.md has the list of names that change how programs load", () => {
  const rows = Object.entries(loaderNames).map(
    ([who, names]) => `| ${who} | ${names.map((name) => `\`${name}\``).join(", ")} |\n`,
  );
  expect(reference).toContain(rows.join(""));
});
