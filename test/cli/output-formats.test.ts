import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
  await service.addUser("alice");
  await service.admin(["secret", "save", "app/KEY", "v", "--readers", "alice"]);
});
afterAll(() => service.stop());

/** What may stand in place of the last word. */
const offered = async (...words: string[]) =>
  (await service.admin(["__complete", "fish", "--", ...words])).stdout.split("\n").slice(0, -1);

const tables = [
  "secret list",
  "secret versions app/KEY",
  "secret explain app/KEY",
  "secret who-can read app/KEY",
  "secret usage app/KEY",
  "user list",
  "user names",
  "tenant list",
  "token list",
  "audit list --key app/KEY --action secret.save",
  "keys list",
];

describe.each(tables)("oo %s", (line) => {
  const words = line.split(" ");

  test("is a table, JSON, or YAML that says the same", async () => {
    const [plain, table, json, yaml] = await Promise.all(
      [[], ["-o", "table"], ["-o", "json"], ["-o", "yaml"]].map((option) => service.admin([...words, ...option])),
    );
    expect(table).toEqual(plain);
    expect(table?.stdout).toMatch(/^[A-Z]+ {2,}[A-Z]/);
    const [fromJson, fromYaml] = [JSON.parse(json?.stdout ?? ""), load(yaml?.stdout ?? "")];
    // The YAML of secrets is for saving them again, and has only the fields for that.
    if (line === "secret list") expect(fromJson).toMatchObject(fromYaml as object);
    else expect(fromYaml).toEqual(fromJson);
    expect(Object.keys(fromJson).length).toBeGreaterThan(0);
  });
});

test("whatever is shown as a table has the same forms, and all lists are", async () => {
  const forms: Record<string, string[]> = {};
  for (const group of ["secret", "user", "token", "audit", "keys", "tenant"]) {
    for (const name of await offered(group, "")) forms[`${group} ${name}`] = await offered(group, name, "-o", "");
  }
  const withTable = Object.keys(forms).filter((name) => name.endsWith(" list") || forms[name]?.includes("table"));
  expect(withTable.sort()).toEqual(
    [...tables.map((line) => line.split(" ", 2).join(" ")), "secret plan", "secret diff", "secret find"].sort(),
  );
  for (const name of withTable) expect(forms[name], name).toEqual(["table", "json", "yaml"]);
});

test("whatever asks first has the same option for not asking", async () => {
  for (const line of ["secret apply", "secret purge", "keys destroy-sealing"]) {
    expect(await offered(...line.split(" "), "--auto"), line).toEqual(["--auto-approve"]);
    const { stdout } = await service.admin([...line.split(" "), "--help"]);
    expect(stdout, line).toMatch(/--auto-approve +do not ask; for scripts and pipelines/);
  }
});
