import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
});
afterAll(() => service.stop());

const save = (...args: string[]) => service.admin(["secret", "save", ...args]);
const list = async (...args: string[]) =>
  JSON.parse((await service.admin(["secret", "list", "-o", "json", "--show", ...args])).stdout);
const storedValue = async (key: string): Promise<unknown> => (await list(key))[0]?.value;

describe("a value on standard input", () => {
  const values = [
    "  two  lines\n\n",
    "\ufeffé😀\u2028",
    "\x00\x1b[31m\x7f",
    "$(x) `y` \"'\\",
    "-",
    "seal",
    "x".repeat(65_536),
  ];
  test.each(values.map((value, i) => [i, value] as const))(
    "threat 31: is stored byte for byte (%i)",
    async (i, value) => {
      expect(await service.admin(["secret", "save", `exact/${i}`, "-"], value)).toMatchObject({ code: 0, stderr: "" });
      expect(await storedValue(`exact/${i}`)).toBe(value);
    },
  );

  test("a line break that was hardly meant is stored, and pointed out", async () => {
    const { stderr } = await service.admin(["secret", "save", "exact/echo"], "value\n");
    expect(stderr).toBe(
      "oo: hint: the value ends with a line break, which is also stored; `printf %s` does not write one\n",
    );
    expect(await storedValue("exact/echo")).toBe("value\n");
  });
});

test("a value in the arguments may start with a dash after --", async () => {
  expect((await save("--", "DASH", "-v")).stdout).toBe("created DASH (version 1)\n");
  expect(await storedValue("DASH")).toBe("-v");
});

describe("lists, metadata, owner and version", () => {
  test("are set, replaced, emptied, and otherwise unchanged", async () => {
    const lists = [
      "--readers",
      "b,a",
      "--readers",
      "c",
      "--can-change-readers",
      "a",
      "--owner",
      "a",
      "--metadata",
      "x=1=2",
    ];
    expect((await save("FIELDS", "v", ...lists)).stdout).toBe("created FIELDS (version 1)\n");
    expect((await list("FIELDS"))[0]).toMatchObject({
      readers: ["a", "b", "c"],
      canChangeReaders: ["a"],
      owner: "a",
      metadata: { x: "1=2" },
    });
    expect((await save("FIELDS", "--keep-value", "--readers", "c,d")).stdout).toBe(
      "updated FIELDS (version 2): readers +d -a -b\n",
    );
    await save("FIELDS", "--keep-value", "--readers", "", "--metadata", "");
    const [{ readers, metadata, value }] = await list("FIELDS");
    expect({ readers, metadata, value }).toEqual({ readers: [], metadata: {}, value: "v" });
  });

  test("threat 57: metadata called __proto__", async () => {
    await save("PROTO", "v", "--metadata", "__proto__=x", "--metadata", "constructor=z");
    const { stdout } = await service.admin(["secret", "list", "PROTO", "--show"]);
    expect(stdout).toContain("  metadata:\n    __proto__: x\n    constructor: z\n");
    writeFileSync(join(service.folder, "proto.yaml"), stdout);
    expect((await save("proto.yaml")).stdout).toBe("unchanged PROTO (version 1)\n");
  });

  test("a stale version changes nothing", async () => {
    await save("STALE", "v", "--if-version", "0");
    const again = await save("STALE", "sk_live", "--if-version", "0");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(/^oo: error: STALE exists already\noo: hint: another secret has this key/);
    expect(again.stderr).not.toContain("sk_live");
    expect((await save("STALE", "w", "--if-version", "1")).code).toBe(0);
    const late = await save("STALE", "sk_live", "--if-version", "1");
    expect(late).toMatchObject({ code: 1, stdout: "" });
    expect(late.stderr).toMatch(/^oo: error: STALE .*version 2.*\noo: hint: someone else changed it first/);
    expect(late.stderr).not.toContain("sk_live");
  });

  test("--dry-run says what would be, and does nothing", async () => {
    expect((await save("PLAN", "v", "--dry-run")).stdout).toBe("would be created: PLAN (version 1)\n");
    expect(await list("PLAN")).toEqual([]);
    const token = await service.addUser("planner");
    const forbidden = await service.as(token, ["secret", "save", "foreign/PLAN", "v", "--dry-run"]);
    expect(forbidden).toMatchObject({ code: 1, stdout: "" });
    expect(forbidden.stderr).toBe("oo: error: foreign/PLAN may not be saved: no permit for foreign/*\n");
  });

  test("the result as JSON", async () => {
    const [result] = JSON.parse((await save("JSON", "v", "--readers", "a", "-o", "json")).stdout);
    expect(result).toMatchObject({ key: "JSON", outcome: "CREATED", version: 1 });
  });
});

describe("files and folders", () => {
  let folder: string;
  beforeEach(() => {
    rmSync(join(service.folder, "files"), { recursive: true, force: true });
    folder = join(service.folder, "files");
    mkdirSync(join(folder, "nested"), { recursive: true });
  });
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);

  test("a folder is one batch, in the order of the names", async () => {
    write("b.yml", "key: dir/B\nvalue: 2\n");
    write("a.yaml", "- key: dir/A\n  value: 1\n  readers: []\n---\nkey: dir/C\nvalue: 3\n");
    write("nested/d.yaml", "key: dir/D\nvalue: 4\n");
    write("notes.txt", "not: yaml: at all");
    expect((await save("files/")).stdout).toBe(
      ["A", "C", "B", "D"].map((name) => `created dir/${name} (version 1)\n`).join(""),
    );
  });

  test("threat 75: links out of the folder, hidden and special files are left out, and never waited for", async () => {
    write("a.yaml", "key: special/A\nvalue: 1\n");
    write("a.yaml~", "broken: [");
    write(".hidden.yaml", "broken: [");
    mkdirSync(join(folder, ".git"));
    write(".git/x.yaml", "broken: [");
    symlinkSync("..", join(folder, "nested", "up"));
    symlinkSync("/etc/passwd", join(folder, "passwd.yaml"));
    expect(spawnSync("mkfifo", [join(folder, "pipe.yaml")]).status).toBe(0);
    expect(await save("files")).toEqual({
      code: 0,
      stdout: "created special/A (version 1)\n",
      stderr:
        "oo: hint: left out files/passwd.yaml: it is a symbolic link to something outside of files\n" +
        "oo: hint: left out files/pipe.yaml: it is not a regular file\n",
    });
    expect((await save("files/pipe.yaml")).stderr).toBe("oo: error: files/pipe.yaml is not a regular file\n");
  });

  test("threat 75: a device, and a file of 10 GB", async () => {
    symlinkSync("/dev/zero", join(folder, "zero.yaml"));
    expect((await save("files/zero.yaml")).stderr).toBe("oo: error: files/zero.yaml is not a regular file\n");
    write("large.yaml", "");
    truncateSync(join(folder, "large.yaml"), 10_000_000_000);
    expect((await save("files/large.yaml")).stderr).toBe(
      "oo: error: files/large.yaml is too large: all files together may have 4194304 bytes\n",
    );
  });

  test("threat 75: one bad file, and nothing of the folder is sent", async () => {
    write("a.yaml", "key: bad/A\nvalue: sk_live\n");
    write("b.yaml", "key: bad/B\nreader: [sk_live]\nvalue: x\n");
    expect(await save("files")).toEqual({
      code: 1,
      stdout: "",
      stderr: "oo: error: files/b.yaml:2:1: unknown field, did you mean readers?\n",
    });
    expect(await list("bad/")).toEqual([]);
  });

  test("one item that the service refuses, and nothing is stored; the error says where it is", async () => {
    const entry = (key: string, more: string) => `- key: ${key}\n  value: sk_live\n${more}`;
    write("a.yaml", entry("refused/A", "") + entry("refused/B", "  checksum: 00000000\n") + entry("refused/C", ""));
    const { code, stdout, stderr } = await save("files/a.yaml");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^oo: error: .*checksum.*files\/a\.yaml:3/);
    expect(stderr).toContain("refused/B");
    expect(stderr).not.toContain("sk_live");
    expect(await list("refused/")).toEqual([]);
  });

  test("every refused item is named", async () => {
    const token = await service.addUser("stranger");
    write("a.yaml", "- key: many/A\n  value: sk_live\n- key: many/B\n  value: sk_live\n");
    const { code, stderr } = await service.as(token, ["secret", "save", "files/a.yaml"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/many\/A: .*files\/a\.yaml:1\)/);
    expect(stderr).toMatch(/many\/B: .*files\/a\.yaml:3\)/);
    expect(stderr).not.toContain("sk_live");
  });

  test("--namespace goes before every key", async () => {
    write("a.yaml", "- key: A\n  value: 1\n- key: x/B\n  value: 2\n");
    expect((await save("--namespace", "staging", "files/a.yaml")).stdout).toBe(
      "created staging/A (version 1)\ncreated staging/x/B (version 1)\n",
    );
    expect((await save("-n", "staging", "C", "3")).stdout).toBe("created staging/C (version 1)\n");
    write("id.yaml", "- id: secr_x\n  value: 1\n");
    expect((await save("-n", "staging", "files/id.yaml")).stderr).toBe(
      "oo: error: files/id.yaml:1:3: has no key to put the namespace before\n",
    );
  });

  test("--namespace goes before no key that has it already, and is one segment or several", async () => {
    write("a.yaml", "- key: once/A\n  value: 1\n- key: onceB\n  value: 2\n");
    expect((await save("-n", "once", "files/a.yaml")).stdout).toBe(
      "created once/A (version 1)\ncreated once/onceB (version 1)\n",
    );
    expect(await save("-n", "a//b", "files/a.yaml")).toMatchObject({
      code: 2,
      stderr: "oo: error: the namespace must not have an empty segment (no leading, trailing or double '/')\n",
    });
    write("deep.yaml", "- key: a/b/C\n  value: 1\n- key: a/D\n  value: 2\n");
    expect((await save("-n", "a/b", "files/deep.yaml")).stdout).toBe(
      "created a/b/C (version 1)\ncreated a/b/a/D (version 1)\n",
    );
    write("long.yaml", `- key: ${"k".repeat(253)}\n  value: 1\n`);
    expect((await save("-n", "once", "files/long.yaml")).stderr).toBe(
      "oo: error: files/long.yaml:1:8: key with the namespace must be at most 255 bytes\n",
    );
  });

  test("--quiet leaves hints out", async () => {
    write("a.yaml", "[]\n");
    expect((await save("files")).stderr).toBe("oo: hint: files holds no secrets\n");
    expect((await save("-q", "files")).stderr).toBe("");
  });

  test("a key twice, 1,001 secrets, no files", async () => {
    write("a.yaml", "key: A\nvalue: 1\n");
    write("b.yaml", "- key: B\n  value: 2\n- key: A\n  value: 3\n");
    expect((await save("files")).stderr).toBe("oo: error: files/b.yaml:3:3: A is in files/a.yaml:1 already\n");
    write("many.yaml", Array.from({ length: 1001 }, (_, i) => `- key: m/${i}\n  value: x\n`).join(""));
    expect((await save("files/many.yaml")).stderr).toBe(
      "oo: error: files/many.yaml holds 1001 secrets, and one save takes at most 1000\n",
    );
    expect((await save("files/nested")).stderr).toBe("oo: error: there are no *.yaml or *.yml files in files/nested\n");
  });

  test("--key forces a key", async () => {
    write("a.yaml", "broken: [");
    expect((await save("--key", "files/a.yaml", "v")).stdout).toBe("created files/a.yaml (version 1)\n");
  });
});
