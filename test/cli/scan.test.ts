import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
const password = "canary/p@ssword+1";
const url = "postgres://app:canary-two@db";

beforeAll(async () => {
  service = await startCliService();
  await service.admin(["secret", "save", "prod/PASSWORD", "-"], password);
  await service.admin(["secret", "save", "prod/URL", "-"], url);
  await service.admin(["secret", "save", "prod/PIN", "-"], "1234567");
});
afterAll(() => service.stop());

const path = (name: string) => join(service.folder, "code", name);
beforeEach(() => {
  rmSync(path("."), { recursive: true, force: true });
  mkdirSync(path("deep"), { recursive: true });
});

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=me", "-c", "user.email=me@example.com", ...args], {
    cwd: path("."),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
const scan = (...args: string[]) => service.admin(["secret", "scan", ...args]);

describe("oo secret scan", () => {
  test("names file, line, key and form, and never shows the value", async () => {
    writeFileSync(path("a.txt"), `one\ntwo ${password}\n${password} ${password}\n`);
    writeFileSync(path("deep/.env"), `X=1\r\nURL=${encodeURIComponent(url)}\r\n`);
    writeFileSync(path("deep/b.json"), JSON.stringify({ auth: Buffer.from(`u:${password}`).toString("base64") }));
    writeFileSync(path("short"), "1234567");
    const { code, stdout, stderr } = await scan("code");
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "code/a.txt:2: prod/PASSWORD",
      "code/a.txt:3: prod/PASSWORD",
      "code/deep/.env:2: prod/URL (URL-encoded)",
      "code/deep/b.json:1: prod/PASSWORD (base64)",
      "",
    ]);
    expect(stderr).toContain("1 of 3 values have fewer than 8 characters, and are not looked for");
    expect(stdout + stderr).not.toMatch(/canary|1234567/);
    const json = JSON.parse((await scan("code/deep", "-o", "json")).stdout);
    expect(json[0]).toEqual({ file: "code/deep/.env", line: 2, key: "prod/URL", form: "URL-encoded" });
  });

  test("ends with 0 when nothing is found, follows no links, and looks at one file", async () => {
    writeFileSync(join(service.folder, "outside"), password);
    symlinkSync("../outside", path("link"));
    writeFileSync(path("clean"), password.slice(1));
    expect(await scan("code")).toMatchObject({ code: 0, stdout: "" });
    expect(await scan("outside")).toMatchObject({ code: 1, stdout: "outside:1: prod/PASSWORD\n" });
    const none = await scan("none");
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cannot read none: no such file or folder"),
    });
    expect(await scan("code", "--staged")).toMatchObject({ code: 2 });
  });

  test("threat 221: terminal codes in the name of a file are shown, not obeyed", async () => {
    writeFileSync(path("\u001b[2Jx"), password);
    const { stdout } = await scan("code");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("x:1: prod/PASSWORD");
  });

  test("finds what earlier commits had, in files and messages, and what no branch has any more", async () => {
    git("init", "-q", ".");
    writeFileSync(path("app.yaml"), `# app\nurl: ${url}\n`);
    git("add", ".");
    git("commit", "-qm", `Begin\n\nuse ${password}`);
    const first = git("rev-parse", "HEAD").slice(0, 12);
    writeFileSync(path("app.yaml"), "# app\nurl: sealed\n");
    git("commit", "-qam", "Seal");
    writeFileSync(path("lost"), `x\n${password}\n`);
    const lost = git("hash-object", "-w", "lost").slice(0, 12);
    rmSync(path("lost"));
    const { code, stdout } = await scan("code");
    expect(code).toBe(1);
    expect(stdout.trim().split("\n").sort()).toEqual(
      [`${first}:app.yaml:2: prod/URL`, `${first}:3: prod/PASSWORD`, `${lost}:2: prod/PASSWORD`].sort(),
    );
    expect(await scan("code", "--no-history")).toMatchObject({ code: 0, stdout: "" });
  });

  test("--staged looks at what would be committed, not at the folder", async () => {
    git("init", "-q", ".");
    const staged = () =>
      runOo(["-q", "secret", "scan", "--staged"], {
        env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken },
        cwd: path("."),
      });
    writeFileSync(path("a"), `\n${url}`);
    writeFileSync(path("b"), url);
    git("add", "a");
    writeFileSync(path("a"), "clean by now");
    expect(await staged()).toEqual({ code: 1, stdout: "a:2: prod/URL\n", stderr: "" });
    git("commit", "-qm", "One");
    expect(await staged()).toEqual({ code: 0, stdout: "", stderr: "" });
    git("add", "b", "a");
    expect(await staged()).toEqual({ code: 1, stdout: "b:1: prod/URL\n", stderr: "" });
    expect(await scan("--staged")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("this folder is not in a git repository"),
    });
  });

  test("reads only what the caller may read, and the audit log has each read", async () => {
    const token = await service.addUser("dev");
    await service.admin(["secret", "reader", "add", "prod/URL", "dev"]);
    writeFileSync(path("a"), `${password}\n${url}\n`);
    expect(await service.as(token, ["-q", "secret", "scan", "code"])).toMatchObject({
      code: 1,
      stdout: "code/a:2: prod/URL\n",
    });
    const { stdout } = await service.admin(["audit", "list", "--principal", "dev", "--action", "secret.read"]);
    expect(stdout).toContain("prod/URL");
    expect(stdout).not.toContain("prod/PASSWORD");
    expect(await service.as(token, ["secret", "scan", "code", "-n", "other"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there are no values to look for that you may read"),
    });
  });
});
