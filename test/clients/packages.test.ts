import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../support/docs/markdown.ts";

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const clients = readdirSync(join(repository, "clients"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "testdata")
  .map(({ name }) => name);

describe.each(clients)("fault C17: the package of the client for %s", (name) => {
  test("has the licence", () => {
    expect(read(`clients/${name}/LICENSE`)).toBe(read("LICENSE"));
  });

  test("is installed from a checkout, until it is published", () => {
    const text = read(`clients/${name}/README.md`);
    const [, install = ""] = /It is not published yet\.[\s\S]*?```sh\n([\s\S]*?)```/.exec(text) ?? [];
    expect(install).toMatch(/[~$]\w*\/secret-svc\b/);
    const all = read("clients/README.md").replaceAll(/\s+/g, " ");
    for (const line of install.trim().split("\n")) expect(all).toContain(line.trim().replaceAll(/\s+/g, " "));
    expect(text).not.toMatch(/go get |(?:npm|pip) install (?:'?secret-svc|@secret-svc)/);
  });
});

test("fault C17: every manifest names the licence", () => {
  for (const file of ["package.json", "clients/typescript/package.json"]) {
    expect(JSON.parse(read(file)).license).toBe("Apache-2.0");
  }
  expect(read("clients/python/pyproject.toml")).toContain('license = "Apache-2.0"');
  expect(read("clients/java/pom.xml")).toContain("<name>Apache-2.0</name>");
  expect(read("clients/java/pom.xml")).toMatch(/<include>LICENSE<\/include>\s*<\/includes>\s*<targetPath>META-INF</);
});
