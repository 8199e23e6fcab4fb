import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileRegistry, type FileRegistry, fromBinary, getOption, hasOption } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { http } from "../../gen/google/api/annotations_pb.ts";
import { openApi } from "../support/api/documented.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const released = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(join(root, "proto/image.binpb"))));

/** Verb and path of every annotation, with the method that it is for. */
function bindings(registry: FileRegistry): [route: string, method: string][] {
  return [...registry]
    .filter((type) => type.kind === "service")
    .flatMap(({ methods }) => methods)
    .filter((method) => hasOption(method, http))
    .flatMap((method) => {
      const rule = getOption(method, http);
      return [rule, ...rule.additionalBindings].map(({ pattern }): [string, string] => [
        `${pattern.case} ${pattern.value}`,
        method.localName,
      ]);
    });
}

test("every path of the last release is still there, for the same method", () => {
  const before = bindings(released);
  expect(before.length).toBeGreaterThan(10);
  for (const [route, method] of before) {
    const [verb = "", path = ""] = route.split(" ");
    expect(openApi.paths[path]?.[verb]?.operationId.replace(/\d$/, ""), route).toBe(method);
  }
});

test("the table of versions in docs/compatibility.md has this version", () => {
  const { version, engines } = JSON.parse(read("package.json")) as { version: string; engines: { node: string } };
  const schema = /schemaVersion = (\d+)/.exec(read("src/store/sqlite/schema.ts"))?.[1];
  const row = read("docs/compatibility.md")
    .split("\n")
    .find((line) => line.startsWith(`| ${version} `));
  expect(row).toContain("`secret.v1`");
  expect(row).toContain(`SQLite schema ${schema}`);
  expect(row).toMatch(new RegExp(`\\| ${engines.node.replace(">=", "")} \\|$`));
});

describe("the check of the contract", () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "contract-"));
    cpSync(join(root, "proto"), join(copy, "proto"), { recursive: true });
    cpSync(join(root, "buf.yaml"), join(copy, "buf.yaml"));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    run("build", "proto", "-o", "last-release.binpb");
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  const buf = join(root, "node_modules/.bin/buf");
  const run = (...args: string[]) => spawnSync(buf, args, { cwd: copy, encoding: "utf8" });
  const file = "proto/secret/v1/secret_service.proto";
  const changed = (from: string, to: string) => {
    const text = read(file);
    expect(text).toContain(from);
    writeFileSync(join(copy, file), text.replace(from, to));
    const { status, stdout } = run("breaking", "proto", "--against", "last-release.binpb");
    return { isAccepted: status === 0, stdout };
  };

  test("accepts a field that is added", () => {
    const added = "message SecretRemoval {\n  // More.\n  string more = 9;";
    expect(changed("message SecretRemoval {", added)).toEqual({ isAccepted: true, stdout: "" });
  });

  test.each([
    ["a field that is removed", "  // Key of the secret.\n  string key = 1;", ""],
    ["a field with another number", "string next_page_token = 5;", "string next_page_token = 6;"],
    ["a field with another name", "string next_page_token = 5;", "string next_token = 5;"],
    ["a field with another type", "uint32 page_size = 9;", "uint64 page_size = 9;"],
    ["a method with another name", "rpc IsSecure(", "rpc IsSafe("],
    ["a reserved number that is used", "  reserved 21 to 29;\n\n  // A second", "  // A second"],
  ])("refuses %s", (_what, from, to) => {
    const { isAccepted, stdout } = changed(from, to);
    expect(isAccepted).toBe(false);
    expect(stdout).toContain("secret_service.proto");
  });
});
