import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
});
afterAll(() => service.stop());

beforeEach(() => {
  rmSync(join(service.folder, "files"), { recursive: true, force: true });
  mkdirSync(join(service.folder, "files", "nested"), { recursive: true });
});
const write = (name: string, text: string) => writeFileSync(join(service.folder, "files", name), text);
const plan = (...args: string[]) => service.admin(["secret", "plan", ...args]);
const keysOf = async (namespace: string): Promise<string[]> => {
  const { stdout } = await service.admin(["secret", "list", "-n", namespace, "-o", "json"]);
  return JSON.parse(stdout).map(({ key }: { key: string }) => key);
};

test("what would be created, updated, removed and left, and nothing is done", async () => {
  write("a.yaml", "- {key: p/SAME, value: sk_1}\n- {key: p/EDIT, value: sk_2, readers: [a, b]}\n");
  write("gone.yaml", "key: p/GONE\nvalue: sk_3\n");
  await service.admin(["secret", "save", "files"]);
  await service.admin(["secret", "save", "--keep-value", "p/EDIT", "--metadata", "x=y"]);
  rmSync(join(service.folder, "files", "gone.yaml"));
  write("a.yaml", "- {key: p/SAME, value: sk_1}\n- {key: p/EDIT, value: sk_9, readers: [b, c], metadata: {x: z}}\n");
  write("nested/new.yml", "key: p/NEW\nvalue: sk_4\nreaders: [a]\n");
  const shown = await plan("--prune", "-n", "p", "files");
  expect(shown).toEqual({
    code: 2,
    stdout: `ACTION     KEY     VERSION  CHANGES
update     p/EDIT  2 -> 3   value, readers +c -a, metadata
create     p/NEW   1        value, readers +a
remove     p/GONE  1        -
unchanged  p/SAME  1        -

1 to create, 1 to update, 1 to remove, 1 unchanged
`,
    stderr: "",
  });
  expect(await keysOf("p")).toEqual(["p/EDIT", "p/GONE", "p/SAME"]);
});

test("JSON and YAML say the same, in the order of the files, and never a value", async () => {
  write("a.yaml", "- {key: forms/A, value: sk_live, readers: [a]}\n- {key: forms/B, value: sk_live}\n");
  await service.admin(["secret", "save", "forms/B", "sk_live"]);
  const [json, yaml] = [await plan("files", "-o", "json"), await plan("files", "-o", "yaml")];
  expect([json.code, yaml.code]).toEqual([2, 2]);
  const entries = JSON.parse(json.stdout);
  expect(entries).toMatchObject([
    {
      key: "forms/A",
      action: "create",
      versionBefore: 0,
      version: 1,
      changedFields: ["value", "readers"],
      listChanges: [{ list: "readers", added: ["a"], removed: [] }],
    },
    { key: "forms/B", action: "unchanged", versionBefore: 1, version: 1, changedFields: [] },
  ]);
  expect(load(yaml.stdout)).toEqual(entries);
  expect(json.stdout + yaml.stdout).not.toContain("sk_live");
});

test("exit codes: 0 no changes, 2 changes, 1 everything else", async () => {
  write("a.yaml", "key: codes/A\nvalue: x\n");
  expect((await plan("files")).code).toBe(2);
  await service.admin(["secret", "save", "files"]);
  const { code, stdout } = await plan("files");
  expect({ code, last: stdout.split("\n").at(-2) }).toEqual({ code: 0, last: "1 unchanged" });
  write("b.yaml", "key: codes/B\nvalues: sk_live\n");
  expect(await plan("files")).toEqual({
    code: 1,
    stdout: "",
    stderr: "oo: error: files/b.yaml:2:1: unknown field, did you mean value?\n",
  });
  const wrong = [["--prune", "files"], ["files", "--no-such"], [], ["-n", "a/b", "files"], ["files", "-o", "xml"]];
  for (const args of wrong) expect(await plan(...args), args.join(" ")).toMatchObject({ code: 1, stdout: "" });
  const unreachable = await runOo(["secret", "plan", "files/a.yaml"], {
    env: { OO_URL: "http://127.0.0.1:1", OO_TOKEN: "oo_x" },
    cwd: service.folder,
  });
  expect(unreachable).toMatchObject({ code: 1, stdout: "" });
});

test("what the service refuses is reported with its place", async () => {
  write("a.yaml", "- {key: bad/A, value: x}\n- {key: bad/B, value: sk_live, checksum: 00000000}\n");
  const { code, stdout, stderr } = await plan("files");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^oo: error: .*checksum.*bad\/B.*files\/a\.yaml:2/);
  expect(stderr).not.toContain("sk_live");
});

describe("--prune", () => {
  test("looks at its namespace only, and at a key in it that has more segments", async () => {
    await service.admin(["secret", "save", "q/x/DEEP", "v"]);
    for (const key of ["q2/OTHER", "Q", "q"]) await service.admin(["secret", "save", key, "v"]);
    write("a.yaml", "key: KEPT\nvalue: x\n");
    const { stdout } = await plan("--prune", "-n", "q", "files");
    expect(stdout).toContain("create  q/KEPT    1        value\nremove  q/x/DEEP  1        -\n");
    expect(stdout).toContain("\n1 to create, 1 to remove\n");
  });

  test("an empty list of secrets empties the namespace", async () => {
    await service.admin(["secret", "save", "emptied/A", "v"]);
    write("a.yaml", "[]\n");
    expect((await plan("--prune", "-n", "emptied", "files")).stdout).toContain("remove  emptied/A");
    expect(await plan("files")).toMatchObject({ code: 0, stdout: "nothing to do\n" });
  });

  test("more than one batch", async () => {
    const many = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) => `- {key: big/${prefix}${i}, value: v}\n`).join("");
    write("a.yaml", many("old", 600));
    await service.admin(["secret", "save", "files"]);
    write("a.yaml", many("new", 401));
    expect(await plan("--prune", "-n", "big", "files")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "oo: error: the plan has 401 secrets to save and 600 to remove, and one batch takes at most 1000 in all\n",
    });
  });
});

describe("narrow rights", () => {
  test("what may not be done is forbidden, names the missing right, and fails", async () => {
    const token = await service.addUser("worker");
    await service.admin(["secret", "save", "worker/READ", "v", "--readers", "worker"]);
    await service.admin(["secret", "save", "worker/HIDDEN", "v"]);
    write("a.yaml", "- {key: worker/MINE, value: x}\n- {key: worker/READ, value: y}\n- {key: foreign/A, value: z}\n");
    write("owner.yaml", "key: worker/TAKEN\nvalue: x\nowner: admin\n");
    const { code, stdout, stderr } = await service.as(token, ["secret", "plan", "files"]);
    expect(code).toBe(1);
    expect(stdout).toContain("forbidden  worker/READ   -        you lack the right write\n");
    expect(stdout).toContain("forbidden  foreign/A     -        no permit for foreign/*\n");
    expect(stdout).toContain("forbidden  worker/TAKEN  -        only an admin may do this\n");
    expect(stdout).toContain("\n1 to create, 3 forbidden\n");
    expect(stderr).toContain("oo: error: the plan cannot be applied: you may not make 3 of its changes\n");
    write("a.yaml", "[]\n");
    write("owner.yaml", "[]\n");
    const pruned = await service.as(token, ["secret", "plan", "--prune", "-n", "worker", "files", "-o", "json"]);
    expect(pruned.code).toBe(1);
    expect(JSON.parse(pruned.stdout)).toMatchObject([
      { key: "worker/READ", action: "forbidden", missingRight: "delete" },
    ]);
  });
});
