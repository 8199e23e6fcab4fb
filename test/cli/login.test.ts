import { chmodSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { logInInBrowser } from "../../src/cli/commands/login-in-browser.ts";
import { connectWithoutToken } from "../../src/cli/frame/client.ts";
import { readContexts } from "../../src/cli/frame/context-file.ts";
import { listenOnLoopback } from "../../src/cli/frame/loopback.ts";
import { createOutput } from "../../src/cli/print/output.ts";
import { limits } from "../../src/limits.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { createBrowser } from "../support/login/browser.ts";
import { startLogins, type TestLogins, typeCode } from "../support/login/fixture.ts";

let scene: TestLogins;
let home: string;
beforeAll(async () => {
  scene = await startLogins();
  scene.provider.signIn("sub-bob");
});
afterAll(() => scene.stop());
beforeEach(() => {
  scene.service.clock.advance(60_000);
  home = mkdtempSync(join(tmpdir(), "oo-home-"));
  // A program that opens a browser: it notes what it should open.
  writeFileSync(
    join(home, "xdg-open"),
    `#!/bin/sh\nprintf %s "$1" > "${home}/opened.tmp" && mv "${home}/opened.tmp" "${home}/opened"\n`,
  );
  chmodSync(join(home, "xdg-open"), 0o755);
});
afterEach(() => rmSync(home, { recursive: true }));

const env = () => ({ HOME: home, PATH: `${home}${delimiter}${process.env.PATH ?? ""}` });
const oo = (args: readonly string[], more: { isWatched?: boolean; env?: Record<string, string> } = {}) =>
  runOo(args, { isWatched: true, ...more, env: { ...env(), ...more.env } });

/** The address that was opened, once it is. */
function opened(): Promise<string> {
  return new Promise((resolve) => {
    const watcher = watch(home, (_event, name) => {
      if (name !== "opened") return;
      watcher.close();
      resolve(readFileSync(join(home, "opened"), "utf8"));
    });
  });
}

/** Approves, or refuses, in a browser, which then brings the answer to the port. */
async function answer(url: string, decision: "yes" | "no", browser = createBrowser()): Promise<string> {
  const back = await browser.goTo(url);
  const decided = await browser.submit(await browser.goTo(back.goesTo ?? ""), { answer: decision });
  return (await browser.goTo(decided.goesTo ?? "")).text;
}

describe("oo login", () => {
  test("gets a session through the browser, which later commands use and 'oo logout' ends", async () => {
    const begun = opened();
    const running = oo(["login", scene.service.url, "--can", "read:dev/*", "--session", "2h"]);
    const url = await begun;
    expect(url).toMatch(new RegExp(`^${scene.service.url}/login/cli\\?id=`));
    expect(await answer(url, "yes")).toContain("You are logged in");
    const { code, stdout, stderr } = await running;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("your browser opens") });
    expect(stdout).toContain(`logged in to ${scene.service.url} as bob of default, until `);
    const { current, contexts } = readContexts({ env: env() });
    const token = contexts[current]?.token ?? "";
    expect(`${stdout}${stderr}`).not.toContain(token);
    const me = await oo(["whoami", "-o", "json"]);
    expect(JSON.parse(me.stdout)).toMatchObject({ slug: "bob", credential: "SESSION" });
    expect(me.stdout).toContain("dev/*");
    expect((await oo(["logout"])).code).toBe(0);
    const api = scene.service.as(token).identity.whoAmI({});
    await expect(api).rejects.toThrow("revoked");
  });

  test("that is refused in the browser stores nothing", async () => {
    const begun = opened();
    const running = oo(["login", scene.service.url, "--with", "acme"]);
    expect(await answer(await begun, "no")).toContain("Nothing was logged in");
    expect(await running).toMatchObject({ code: 1, stderr: expect.stringContaining("was refused in the browser") });
    expect(readContexts({ env: env() }).contexts).toEqual({});
  });

  test("goes on with OO_TOKEN first, and sends the token of a context to its own address only", async () => {
    const begun = opened();
    const running = oo(["login", scene.service.url, "--context", "prod"]);
    await answer(await begun, "yes");
    expect((await running).code).toBe(0);
    const asAdmin = await oo(["whoami", "-o", "json"], { env: { OO_TOKEN: scene.service.admin.token } });
    expect(JSON.parse(asAdmin.stdout)).toMatchObject({ slug: "admin" });
    const other = await oo(["whoami", "--url", scene.service.url.replace("127.0.0.1", "localhost")]);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("its token is not sent to") });
  });

  test("needs a person, and says what a pipeline does", async () => {
    const { code, stderr } = await oo(["login", scene.service.url], { isWatched: false });
    expect(code).toBe(1);
    expect(stderr).toContain("'oo login' needs a person at a terminal");
    expect(stderr).toContain("docs/oidc.md");
  });

  test("names the methods that there are, and what does not go together", async () => {
    const wrong = await oo(["login", scene.service.url, "--with", "other"]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no login method "other"; it has acme, token'),
    });
    const both = await oo(["login", scene.service.url, "--with", "token", "--device"]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("--device does not go with") });
  });
});

test("oo login --device waits until the code was typed and approved", async () => {
  const lines: string[] = [];
  const output = {
    ...createOutput({ stdout: process.stdout, stderr: process.stderr, exit: () => {}, mayColour: false }),
  };
  const cli = {
    args: [],
    env: env(),
    now: () => scene.service.clock.now(),
    stdin: () => process.stdin,
    output: { ...output, hint: (line: string) => void lines.push(line), progress: () => {} },
  };
  const { logins } = connectWithoutToken(cli, scene.service.url);
  const browser = createBrowser();
  let polls = 0;
  const wait = async (ms: number) => {
    expect(ms).toBe(5_000);
    scene.service.clock.advance(ms);
    polls += 1;
    // The person types the code between two polls.
    if (polls !== 2) return;
    const [, place = "", code = ""] = /^open (\S+) in a browser .*: (\S+)$/.exec(lines[0] ?? "") ?? [];
    expect(place).toBe(`${scene.service.url}/login/cli`);
    const back = await typeCode(browser, place, code);
    await browser.submit(await browser.goTo(back.goesTo ?? ""), { answer: "yes" });
  };
  const login = { method: "", isDevice: true, session: undefined, grants: [] };
  const { token, who } = await logInInBrowser(cli, logins, login, wait);
  expect([token.slice(0, 3), who?.slug, polls]).toEqual(["oo_", "bob", 2]);
});

test("oo login --device ends when no one has typed the code in time", async () => {
  const output = createOutput({ stdout: process.stdout, stderr: process.stderr, exit: () => {}, mayColour: false });
  const cli = {
    args: [],
    env: env(),
    now: () => scene.service.clock.now(),
    stdin: () => process.stdin,
    output: { ...output, hint: () => {}, progress: () => {} },
  };
  const { logins } = connectWithoutToken(cli, scene.service.url);
  const wait = async () => scene.service.clock.advance(limits.loginMs);
  const login = { method: "", isDevice: true, session: undefined, grants: [] };
  await expect(logInInBrowser(cli, logins, login, wait)).rejects.toThrow("took too long");
});

test("threat 165: the port of a login takes nothing but an answer, and no program gets in its way", async () => {
  const loopback = await listenOnLoopback();
  const at = `http://127.0.0.1:${loopback.port}`;
  for (const path of ["/", "/?code=short", "/favicon.ico", `/x?code=${"a".repeat(43)}`]) {
    expect((await fetch(`${at}${path}`)).status, path).toBe(404);
  }
  expect((await fetch(`${at}/?code=${"a".repeat(43)}`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`http://localhost:${loopback.port}/?code=${"a".repeat(43)}`)).status).toBe(404);
  expect((await fetch(`${at}/?code=${"a".repeat(43)}`)).status).toBe(200);
  expect(await loopback.next(0)).toEqual({ code: "a".repeat(43) });
  expect(await loopback.next(0)).toBeUndefined();
  loopback.close();
});
