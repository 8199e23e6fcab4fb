import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changeContexts, readContexts } from "../../src/cli/frame/context-file.ts";
import type { Run } from "../support/cli/run.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let alice: string;
let home: string;

beforeAll(async () => {
  service = await startCliService();
  alice = await service.addUser("alice");
});
afterAll(() => service.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "oo-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const oo = (
  args: readonly string[],
  { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Run> => runOo(args, { env: { HOME: home, ...env }, input, cwd: service.folder });
const file = () => join(home, ".local/state/oo/contexts.json");
const host = () => new URL(service.server.url).host;
const logIn = (token = alice, ...more: string[]) =>
  oo(["login", service.server.url, "--with", "token", ...more], { input: `${token}\n` });

describe("oo login --with token", () => {
  test("remembers address and token in a file that only its owner can read, and later commands use them", async () => {
    const { code, stdout, stderr } = await logIn();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(`^logged in to ${service.server.url} as alice of default, until .* \\(context ${host()}\\)\n$`),
    );
    expect(stdout).not.toContain(alice);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, ".local/state/oo")).mode & 0o777).toBe(0o700);
    const me = await oo(["whoami", "-o", "json"]);
    expect(JSON.parse(me.stdout)).toMatchObject({ slug: "alice", credential: "TOKEN" });
    expect((await oo(["user", "whoami", "-o", "json"])).stdout).toBe(me.stdout);
    expect((await oo(["secret", "save", "A", "x"])).code).toBe(0);
  });

  test("stores nothing for a token that is not accepted, or is malformed", async () => {
    const wrong = await logIn(`oo_${"A".repeat(43)}`);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("the token is missing, malformed or unknown");
    expect((await logIn("two words")).stderr).toContain("what was given does not hold a token");
    expect((await logIn("")).stderr).toContain("no token was given");
    expect(existsSync(file())).toBe(false);
  });

  test("says which methods a service has, and that addresses without TLS are for this machine only", async () => {
    const without = await oo(["login", service.server.url]);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining("has no login without a token") });
    const other = await oo(["login", service.server.url, "--with", "acme"]);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no login method "acme"; it has token'),
    });
    const plain = await oo(["login", "http://secrets.example.com", "--with", "token"], { input: alice });
    expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining("http://secrets.example.com has no TLS") });
  });
});

describe("which token is sent where", () => {
  test("threat 157: the token of a context goes to its own address only", async () => {
    await logIn();
    for (const url of [
      "http://127.0.0.1:1",
      service.server.url.replace("127.0.0.1", "localhost"),
      `${service.server.url}/other`,
    ]) {
      for (const run of [await oo(["whoami", "--url", url]), await oo(["whoami"], { env: { OO_URL: url } })]) {
        expect(run.code).toBe(1);
        expect(run.stderr).toContain(
          `the context ${host()} is for ${service.server.url}: its token is not sent to ${url}`,
        );
      }
    }
    expect((await oo(["whoami", "--url", `${service.server.url}/`])).code).toBe(0);
  });

  test("--token-file comes before OO_TOKEN, and that before the context", async () => {
    await logIn();
    const tokenFile = join(home, "token");
    writeFileSync(tokenFile, service.server.adminToken);
    const who = async (args: string[], env = {}) =>
      JSON.parse((await oo(["whoami", "-o", "json", ...args], { env })).stdout).slug;
    expect(await who([])).toBe("alice");
    expect(await who([], { OO_TOKEN: service.server.adminToken })).toBe("admin");
    expect(await who(["--token-file", tokenFile], { OO_TOKEN: alice })).toBe("admin");
  });

  test("is not in the environment", async () => {
    await logIn();
    const shown = await oo(["completion", "bash"]);
    expect(shown.stdout + shown.stderr).not.toContain(alice);
    expect(process.env.OO_TOKEN).toBeUndefined();
  });

  test("none, when it is over: oo says when it ended and how to go on", async () => {
    await logIn();
    const stored = JSON.parse(readFileSync(file(), "utf8"));
    stored.contexts[host()].ends = "2020-01-02T03:04:05Z";
    writeFileSync(file(), JSON.stringify(stored));
    const over = await oo(["whoami"]);
    expect(over.code).toBe(1);
    expect(over.stderr).toMatch(
      new RegExp(
        `^oo: error: your session at ${host()} ended at \\d\\d:\\d\\d on 2020-01-02: run 'oo login ${service.server.url}'\n$`,
      ),
    );
  });

  test("one that was revoked: oo says that the session was ended", async () => {
    const { stdout } = await service.admin(["token", "create", "alice", "-o", "json"]);
    const { secret, token } = JSON.parse(stdout);
    await logIn(secret);
    await service.admin(["token", "revoke", token.id]);
    const run = await oo(["whoami"]);
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`your session has ended, or was ended: oo login ${service.server.url}`),
    });
  });
});

describe("oo context", () => {
  test("lists, uses, renames and removes, and never shows a token", async () => {
    await logIn(alice, "--context", "one");
    await logIn(service.server.adminToken, "--context", "two");
    const table = await oo(["context", "list"]);
    expect(table.stdout.replaceAll(/ +/g, " ")).toMatch(
      /^USE NAME URL USER TENANT ENDS\n- one .* alice default .*\n\* two .* admin default never\n$/,
    );
    const listed = await oo(["context", "list", "-o", "json"]);
    expect(listed.stdout + table.stdout).not.toContain("oo_");
    expect((await oo(["context", "use", "one"])).code).toBe(0);
    expect(JSON.parse((await oo(["whoami", "-o", "json"])).stdout).slug).toBe("alice");
    expect((await oo(["context", "rename", "one", "two"])).stderr).toContain("there is a context two already");
    expect((await oo(["context", "rename", "one", "a b"])).code).toBe(2);
    expect((await oo(["context", "rename", "one", "three"])).code).toBe(0);
    expect(JSON.parse((await oo(["whoami", "-o", "json"])).stdout).slug).toBe("alice");
    expect((await oo(["context", "remove", "three"])).code).toBe(0);
    expect((await oo(["whoami"])).stderr).toContain("OO_TOKEN is not set");
    expect((await oo(["context", "use", "__proto__"])).stderr).toContain("there is no context");
    expect(Object.keys(readContexts({ env: { HOME: home } }).contexts)).toEqual(["two"]);
  });

  test("threat 158: a file that others may read is refused, and so is one that oo did not write", async () => {
    await logIn();
    chmodSync(file(), 0o644);
    for (const args of [["whoami"], ["context", "list"], ["logout"]]) {
      const run = await oo(args);
      expect(run.code).toBe(1);
      expect(run.stderr).toContain(`other users of this machine may read ${file()}`);
    }
    chmodSync(file(), 0o600);
    writeFileSync(file(), `{"current": "${alice}"`);
    const broken = await oo(["whoami"]);
    expect(broken.stderr).toContain("is not as oo writes it");
    expect(broken.stderr).not.toContain(alice);
  });

  test("fifty changes at once are all made", async () => {
    const cli = { env: { HOME: home } };
    const context = { url: "https://a.example", slug: "a", tenant: "default", token: "oo_x", ends: "" };
    const names = Array.from({ length: 50 }, (_, at) => `context-${at}`);
    const add = (name: string) =>
      changeContexts(cli, ({ contexts }) => [{ current: name, contexts: { ...contexts, [name]: context } }, undefined]);
    await Promise.all(names.map(add));
    expect(Object.keys(readContexts(cli).contexts).sort()).toEqual(names.sort());
    expect(existsSync(`${file()}.lock`)).toBe(false);
  });
});

test("oo logout forgets the context; a token that is not a session stays valid, and oo says so", async () => {
  await logIn();
  const { code, stdout, stderr } = await oo(["logout"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `logged out of ${service.server.url}\n` });
  expect(stderr).toContain("its token is not a session and stays valid");
  expect((await oo(["logout"])).stderr).toContain("you are not logged in");
  expect((await service.as(alice, ["whoami"])).code).toBe(0);
  await logIn();
  expect((await oo(["logout", "--all"])).stdout).toContain("(sessions ended: 0)");
});

describe("oo console", () => {
  const bin = () => mkdtempSync(join(home, "bin-"));

  test("opens a private file that signs the browser in once; the code is on no command line and not shown", async () => {
    await logIn();
    const folder = bin();
    writeFileSync(join(folder, "xdg-open"), `#!/bin/sh\nexec printf '%s' "$1" > "${folder}/opened"\n`, { mode: 0o755 });
    const run = await oo(["console"], { env: { PATH: `${folder}:${process.env.PATH}` } });
    expect(run).toMatchObject({ code: 0, stdout: "" });
    const page = join(home, ".local/state/oo/console.html");
    expect(statSync(page).mode & 0o777).toBe(0o600);
    const [, code = ""] = /url=[^"]*#\/handoff\/([\w-]{43})"/.exec(readFileSync(page, "utf8")) ?? [];
    expect(code).not.toBe("");
    expect(run.stdout + run.stderr).not.toContain(code);
    const { createPage } = await import("../support/login/page.ts");
    const browser = createPage(service.server.url);
    expect((await browser.open({ handoff: code })).body.who).toMatchObject({ slug: "alice" });
    expect((await browser.open({ handoff: code })).status).toBe(400);
    const sessions = await oo(["token", "list", "-o", "json"]);
    expect(sessions.stdout).toContain("SESSION");
    expect((await oo(["logout", "--all"])).stdout).toContain("(sessions ended: 1)");
  });

  test("names the file where no browser can be started", async () => {
    await logIn();
    const run = await oo(["console"], { env: { PATH: bin() } });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      `open this file in one within 60 seconds: ${join(home, ".local/state/oo/console.html")}`,
    );
  });
});
