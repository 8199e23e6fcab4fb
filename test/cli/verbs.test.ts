import { createPrivateKey } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
beforeAll(async () => {
  service = await startCliService();
});
afterAll(() => service.stop());

const secret = (...args: string[]) => service.admin(["secret", ...args]);
const stored = async (key: string) => {
  const { stdout } = await secret("list", key, "--show", "-o", "json");
  return JSON.parse(stdout).find((each: { key: string }) => each.key === key);
};

describe("get", () => {
  test("prints the value alone and unchanged, also an earlier one", async () => {
    await service.admin(["secret", "set", "get/A", "-"], "first\n");
    await secret("set", "get/A", "second");
    expect(await secret("get", "get/A")).toEqual({ code: 0, stdout: "second", stderr: "" });
    expect(await secret("get", "get/A", "--version", "1")).toEqual({ code: 0, stdout: "first\n", stderr: "" });
    expect(JSON.parse((await secret("get", "get/A", "-o", "json")).stdout)).toMatchObject({
      value: "second",
      version: 2,
    });
  });

  test("says what is wrong", async () => {
    expect((await secret("get", "get/NONE")).stderr).toMatch(
      /^oo: error: get\/NONE does not exist, or you may not see it\n/,
    );
    expect((await secret("get", "get/A", "--version", "9")).stderr).toMatch(
      /^oo: error: version 9 of get\/A is not retained/,
    );
    const token = await service.addUser("writer-only");
    await secret("set", "get/B", "v", "--writers", "writer-only");
    const refused = await service.as(token, ["secret", "get", "get/B"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^oo: error: you may not read get\/B\n/);
  });
});

test("ls is list, set is save, history is versions", async () => {
  expect((await secret("set", "alias/A", "v")).stdout).toBe("created alias/A (version 1)\n");
  expect((await secret("ls", "-n", "alias")).stdout).toBe((await secret("list", "-n", "alias")).stdout);
  expect((await secret("history", "alias/A")).stdout).toBe((await secret("versions", "alias/A")).stdout);
  expect((await secret("history", "alias/A", "--version", "1", "--show")).stdout).toContain("  v\n");
});

test("rm removes all that are named, or none", async () => {
  for (const key of ["rm/A", "rm/B"]) await secret("set", key, "v");
  expect(await secret("rm", "rm/A", "rm/NONE")).toMatchObject({ code: 1, stdout: "" });
  expect(await secret("rm", "rm/A", "rm/B")).toEqual({
    code: 0,
    stdout: "removed rm/A (version 2)\nremoved rm/B (version 2)\n",
    stderr: "",
  });
});

describe("rollback", () => {
  test("goes back to the value before the last change of the value", async () => {
    for (const value of ["one", "two"]) await secret("set", "roll/A", value);
    await secret("reader", "add", "roll/A", "api");
    expect((await secret("rollback", "roll/A")).stdout).toBe("restored roll/A (version 4): the value of version 1\n");
    expect(await stored("roll/A")).toMatchObject({ value: "one", readers: ["api"] });
    await secret("rollback", "roll/A", "--to", "2");
    expect(await stored("roll/A")).toMatchObject({ value: "two" });
  });

  test("refuses where there is nothing to go back to", async () => {
    await secret("set", "roll/B", "one");
    expect((await secret("rollback", "roll/B")).stderr).toMatch(
      /^oo: error: no earlier value of roll\/B is retained\n/,
    );
    await secret("rm", "roll/B");
    expect((await secret("rollback", "roll/B")).stderr).toMatch(/^oo: error: roll\/B is removed\n/);
  });
});

describe("single entries of lists and metadata", () => {
  test("fault D4: are added and removed, and nothing else changes", async () => {
    await secret("set", "lists/A", "v", "--readers", "a,b", "--metadata", "team=x");
    expect((await secret("reader", "add", "lists/A", "c,d", "a")).stdout).toBe(
      "updated lists/A (version 2): readers +c +d\n",
    );
    expect((await secret("reader", "remove", "lists/A", "a")).stdout).toBe("updated lists/A (version 3): readers -a\n");
    expect((await secret("reader", "remove", "lists/A", "a")).stdout).toBe("unchanged lists/A (version 3)\n");
    for (const name of ["writer", "deleter", "can-change-readers", "can-change-writers", "can-change-deleters"]) {
      await secret(name, "add", "lists/A", "b");
    }
    await secret("metadata", "set", "lists/A", "expires=2099-01-01", "note=a=b");
    await secret("metadata", "unset", "lists/A", "team", "none");
    expect(await stored("lists/A")).toMatchObject({
      value: "v",
      readers: ["b", "c", "d"],
      writers: ["b"],
      deleters: ["b"],
      canChangeReaders: ["b"],
      canChangeWriters: ["b"],
      canChangeDeleters: ["b"],
      metadata: { expires: "2099-01-01", note: "a=b" },
    });
    for (const name of ["b", "c", "d"]) await secret("reader", "remove", "lists/A", name);
    expect(await stored("lists/A")).toMatchObject({ readers: [] });
  });

  test("two callers at once: neither change is lost", async () => {
    await secret("set", "lists/B", "v");
    const names = ["a", "b", "c", "d"];
    const done = await Promise.all(names.map((name) => secret("reader", "add", "lists/B", name)));
    expect(done.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await stored("lists/B")).toMatchObject({ readers: names });
  });

  test("a secret that is not there, and names of no one", async () => {
    expect((await secret("reader", "add", "lists/NONE", "a")).stderr).toMatch(/^oo: error: lists\/NONE does not exist/);
    expect(await secret("reader", "add", "lists/A", ",")).toMatchObject({ code: 2 });
    expect((await secret("reader", "add", "lists/A", "Not A Slug")).code).toBe(1);
  });
});

describe("generate", () => {
  test.each([
    [[], /^[A-Za-z0-9]{32}$/],
    [["--length", "48", "--alphabet", "hex"], /^[0-9a-f]{48}$/],
    [["--alphabet", "abcd"], /^[abcd]{32}$/],
    [["--words"], /^([a-z]{5}-){5}[a-z]{5}$/],
    [["--uuid"], /^[0-9a-f]{8}-[0-9a-f]{4}-4/],
  ])("%j", async (options, form) => {
    const key = `made/${options.join("")}X`;
    const made = await secret("generate", key, ...options);
    expect(made).toEqual({ code: 0, stdout: `created ${key} (version 1)\n`, stderr: "" });
    expect((await stored(key)).value).toMatch(form);
  });

  test("key pairs, of which only the public key is shown", async () => {
    const made = await secret("generate", "made/KEY", "--ed25519", "--public");
    expect(made.stdout).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(createPrivateKey((await stored("made/KEY")).value).asymmetricKeyType).toBe("ed25519");
    await secret("generate", "made/RSA", "--rsa", "2048");
    expect(createPrivateKey((await stored("made/RSA")).value).asymmetricKeyType).toBe("rsa");
  });

  test("replaces nothing unless asked, and shows it only when asked", async () => {
    await secret("set", "made/OLD", "kept");
    const refused = await secret("generate", "made/OLD");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^oo: error: made\/OLD exists, and stays as it is\n/);
    expect((await stored("made/OLD")).value).toBe("kept");
    const { stdout } = await secret("generate", "made/OLD", "--replace", "--show");
    expect(stdout).toBe(`${(await stored("made/OLD")).value}\n`);
  });

  test.each([
    [["--length", "4"], "--length gives 23 bits"],
    [["--words", "2"], "--words gives 32 bits"],
    [["--rsa", "1024"], "--rsa must be one of"],
    [["--uuid", "--words"], "exclude each other"],
    [["--public"], "--public needs"],
    [["--alphabet", "aaa"], "at least two different characters"],
  ])("%j is refused", async (options, message) => {
    const refused = await secret("generate", "made/WEAK", ...options);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(message);
  });
});

describe("edit", () => {
  const inMemory = () => readdirSync("/dev/shm").filter((name) => name.startsWith("oo-") && name.length === 9);
  const edit = (editor: string, ...args: string[]) =>
    runOo(["secret", "edit", "--auto-approve", ...args], {
      env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken, EDITOR: editor },
      cwd: service.folder,
    });

  test("a value in a private file that is gone afterwards", async () => {
    await service.admin(["secret", "set", "edit/A", "-"], "old value");
    const before = inMemory();
    const script = join(service.folder, "editor");
    writeFileSync(script, '#!/bin/sh\nls -ld "$1" | cut -c 1-10 > mode\ntouch "$1~"\nprintf "new value\\n" > "$1"\n', {
      mode: 0o755,
    });
    const { code, stdout } = await edit(script, "edit/A");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ACTION .*\nupdate .*edit\/A .* value\n\n1 to update\nupdated edit\/A \(version 2\): value\n$/,
    );
    expect(stdout).not.toContain("new value");
    expect((await stored("edit/A")).value).toBe("new value");
    expect(readFileSync(join(service.folder, "mode"), "utf8")).toBe("-rw-------\n");
    expect(inMemory()).toEqual(before);
  });

  test("nothing is saved when nothing changed, the editor fails, or another caller was faster", async () => {
    await secret("set", "edit/B", "one");
    expect(await edit("true", "edit/B")).toEqual({ code: 0, stdout: "", stderr: "oo: hint: nothing was changed\n" });
    expect((await edit("false", "edit/B")).stderr).toContain("the editor ended with 1: nothing was changed");
    expect((await edit("rm", "edit/B")).stderr).toContain(
      "cannot read what the editor has written: no such file or folder",
    );
    expect((await edit("truncate -s 0", "edit/B")).stderr).toContain("the value is empty: nothing was changed");
    const faster = join(service.folder, "faster");
    const { url, adminToken } = service.server;
    const body = JSON.stringify({ secrets: [{ key: "edit/B", value: "two" }] });
    const call = `curl -s -X PUT -H 'authorization: Bearer ${adminToken}' -H 'content-type: application/json' -d '${body}' ${url}/secret-svc/secrets`;
    writeFileSync(faster, `#!/bin/sh\n${call} >/dev/null\necho three > "$1"\n`, { mode: 0o755 });
    const late = await edit(faster, "edit/B");
    expect(late).toMatchObject({ code: 1, stdout: "" });
    expect(late.stderr).toMatch(/version 2/);
    expect((await stored("edit/B")).value).toBe("two");
  });

  test("a whole namespace as YAML", async () => {
    for (const key of ["edit-ns/A", "edit-ns/B"]) await secret("set", key, "one");
    const { code, stdout } = await edit("sed -i '0,/value: one/s//value: two/'", "-n", "edit-ns");
    expect({ code, changed: stdout.includes("updated edit-ns/A (version 2): value\n") }).toEqual({
      code: 0,
      changed: true,
    });
    expect([(await stored("edit-ns/A")).value, (await stored("edit-ns/B")).value]).toEqual(["two", "one"]);
    await secret("set", "edit-ns/web/C", "one");
    expect(await edit("sed -i 's/value: one/value: two/'", "-n", "edit-ns/web")).toMatchObject({ code: 0 });
    expect((await stored("edit-ns/web/C")).value).toBe("two");
    expect(await edit("true")).toMatchObject({ code: 2 });
  });
});

describe("find, diff and status", () => {
  test("find looks at everything but values", async () => {
    await secret(
      "set",
      "find/DATABASE_URL",
      "v",
      "--readers",
      "api",
      "--metadata",
      "team=Payments",
      "--owner",
      "alice",
    );
    await secret("set", "find/OTHER", "database", "--metadata", "expires=2020-01-01");
    const keys = async (...args: string[]) =>
      JSON.parse((await secret("find", "-o", "json", ...args)).stdout).map(({ key }: { key: string }) => key);
    expect(await keys("database")).toEqual(["find/DATABASE_URL"]);
    expect(await keys("--reader", "api")).toContain("find/DATABASE_URL");
    expect(await keys("--metadata", "team=payments")).toEqual(["find/DATABASE_URL"]);
    expect(await keys("--owner", "alice")).toEqual(["find/DATABASE_URL"]);
    expect(await keys("find/*", "--state", "expired")).toEqual(["find/OTHER"]);
    expect(await keys("find/*", "--metadata", "expires", "--reader", "api")).toEqual([]);
    expect(await secret("find")).toMatchObject({ code: 2 });
  });

  test("diff compares two versions without reading values", async () => {
    await secret("set", "diff/A", "sk_one", "--readers", "a");
    await secret("set", "diff/A", "sk_two", "--readers", "b", "--metadata", "x=1");
    await secret("metadata", "set", "diff/A", "x=2", "y=3");
    const { stdout } = await secret("diff", "diff/A", "1", "3");
    expect(stdout).toBe(
      "FIELD       CHANGE\nvalue       changed in version 2 by admin\nreaders     +b -a\nmetadata x  +2\nmetadata y  +3\n",
    );
    expect((await secret("diff", "diff/A")).stdout).not.toContain("value");
    expect(await secret("diff", "diff/A", "3", "1")).toMatchObject({ code: 2 });
    expect((await secret("diff", "diff/A", "7", "9")).code).toBe(1);
  });

  test("status says where, who and what is due", async () => {
    await secret("set", "due/A", "v", "--metadata", "expires=2020-01-01");
    const { code, stdout } = await service.admin(["status"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`service:        ${service.server.url}\n`);
    expect(stdout).toMatch(/\nyou: +admin of default \(admin; operator\)\n/);
    expect(stdout).toMatch(/\n {2}due\/A +expired +2020-01-02T00:00:00Z\n/);
    const status = JSON.parse((await service.admin(["status", "-o", "json"])).stdout);
    expect(status.you.slug).toBe("admin");
    // Both are of this checkout.
    expect(status.version).toBe(status.oo);
    expect(stdout).toMatch(/^its version: +\d+\.\d+\.\d+$/m);
  });
});
