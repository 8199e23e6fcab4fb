import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ruleInWords } from "../../console/model/rule-words.ts";

/** Rules of records: `rule: "role-listed"`. What is wrong with a field is a sentence. */
const writtenRule = /\brule(?::| =) (?:[\w.]+ \? )?"([a-z]+(?:-[a-z]+)*)"(?: : "([a-z]+(?:-[a-z]+)*)")?/g;

/** Rules that a function is called with. */
const passedRule = /"(own-[a-z]+)"/g;

function rulesOfTheService(): readonly string[] {
  const written = globSync("src/**/*.ts", { exclude: ["src/cli/**"] }).flatMap((file) =>
    [writtenRule, passedRule].flatMap((form) =>
      [...readFileSync(file, "utf8").matchAll(form)].flatMap(([, one, other]) => [one, other]),
    ),
  );
  const reasons = /export type Reason =([^;]+);/.exec(readFileSync("src/error.ts", "utf8"))?.[1] ?? "";
  const refusals = [...reasons.matchAll(/"(\w+)"/g)].map(([, reason]) => reason?.toLowerCase().replaceAll("_", "-"));
  return [...new Set([...written, ...refusals])].filter((rule) => rule !== undefined);
}

test("each rule that the service records has words of its own on the audit page", () => {
  const rules = rulesOfTheService();
  expect(rules).toEqual(
    expect.arrayContaining(["role-listed", "own-session", "own-token", "missing-right", "user-removed"]),
  );
  expect(rules.filter((rule) => ruleInWords(rule) === rule)).toEqual([]);
});

test("what is not a rule of the service stays as it is", () => {
  expect(ruleInWords("acme-login")).toBe("acme-login");
  expect(ruleInWords("constructor")).toBe("constructor");
});
