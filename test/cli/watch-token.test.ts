import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { type LongRun, startProgram } from "../support/cli/long-run.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";

let service: CliService;
let program: BundledOo;
beforeAll(async () => {
  service = await startCliService();
  program = await bundleOo();
  await service.admin(["user", "save", "app"]);
  await service.admin(["user", "save", "other"]);
});
afterAll(async () => {
  program.remove();
  await service.stop();
});

interface Token {
  readonly secret: string;
  revoke(): Promise<void>;
}

async function newToken(slug: string): Promise<Token> {
  const idsOf = async () => {
    const { stdout } = await service.admin(["token", "list", slug, "-o", "json"]);
    return JSON.parse(stdout).map(({ id }: { id: string }) => id) as string[];
  };
  const before = new Set(await idsOf());
  const { stdout } = await service.admin(["token", "create", slug]);
  const [id = ""] = (await idsOf()).filter((each) => !before.has(each));
  return { secret: stdout.trim(), revoke: async () => void (await service.admin(["token", "revoke", id])) };
}

/** `oo` with a token file of its own. */
function startOo(name: string, token: string, args: readonly string[]): { run: LongRun; write(text: string): void } {
  const file = join(service.folder, `${name}.token`);
  const write = (text: string) => writeFileSync(file, text);
  write(`${token}\n`);
  const env = { OO_URL: service.server.url };
  return { run: startProgram(program.oo, ["--token-file", file, ...args], { env, cwd: service.folder }), write };
}

const save = (key: string, value: string) => service.admin(["secret", "save", key, value, "--readers", "app"]);

/** Saves until the watch shows it: nothing else says that it is connected. */
async function awaken(run: LongRun, key: string): Promise<void> {
  let isShown = false;
  const shown = run.printed(key).then(() => {
    isShown = true;
  });
  for (let at = 0; !isShown; at += 1) await Promise.race([shown, save(key, `${at}`)]);
}

describe("fault C2: oo secret watch", () => {
  test("continues with the token that the file holds when the old one ends, and misses nothing", async () => {
    const [first, second] = [await newToken("app"), await newToken("app")];
    const { run, write } = startOo("renewed", first.secret, ["secret", "watch", "-n", "w1"]);
    await awaken(run, "w1/AWAKE");
    await first.revoke();
    write(`${second.secret}\n`);
    await save("w1/MEANWHILE", "x");
    await run.printed("w1/MEANWHILE");
    await save("w1/LATER", "x");
    await run.printed("w1/LATER");
    expect(run.stderr()).not.toContain("oo: error");
    run.signal("SIGTERM");
    await run.ended;
  });

  test("is an error when the file still holds the old one, or another bad one, or is gone", async () => {
    const endings: readonly ((file: string, write: (text: string) => void) => void)[] = [
      () => {},
      (_file, write) => write(`oo_${"A".repeat(43)}\n`),
      (file) => rmSync(file),
    ];
    for (const [at, change] of endings.entries()) {
      const token = await newToken("app");
      const { run, write } = startOo(`ended-${at}`, token.secret, ["secret", "watch", "-n", "w2"]);
      await awaken(run, "w2/AWAKE");
      change(join(service.folder, `ended-${at}.token`), write);
      await token.revoke();
      expect(await run.ended).toBe(1);
      expect(run.stderr()).toMatch(/^oo: error: the (token (is|was)|service does not accept the token)/m);
    }
  });
});

describe("fault C2: oo secret run --watch", () => {
  const script = () => {
    const file = join(service.folder, "show.cjs");
    writeFileSync(
      file,
      'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000); console.log("value " + process.env.A);',
    );
    return ["--", process.execPath, file];
  };

  test("starts the command again after the token was renewed", async () => {
    const [first, second] = [await newToken("app"), await newToken("app")];
    await save("r1/A", "one");
    const { run, write } = startOo("run", first.secret, ["secret", "run", "--watch", "-n", "r1", ...script()]);
    await run.printed("value one\n");
    write(`${second.secret}\n`);
    await first.revoke();
    await save("r1/A", "two");
    await run.printed("value two\n");
    expect(run.stderr()).not.toContain("not watched");
    run.signal("SIGTERM");
    expect(await run.ended).toBe(0);
  });

  test("does not keep old values silently: that is an error, until the file holds another token", async () => {
    const [first, second] = [await newToken("app"), await newToken("app")];
    await save("r2/A", "one");
    const args = ["--quiet", "secret", "run", "--watch", "-n", "r2", ...script()];
    const { run, write } = startOo("late", first.secret, args);
    await run.printed("value one\n");
    await first.revoke();
    await run.complained("oo: error: changes are not watched, and the command keeps the values that it has");
    await save("r2/A", "two");
    write(`${second.secret}\n`);
    await run.printed("value two\n");
    run.signal("SIGTERM");
    // The command itself ended with 0.
    expect(await run.ended).toBe(1);
  });

  test("also says so when the token is not from a file", async () => {
    const token = await newToken("app");
    await save("r3/A", "one");
    const env = { OO_URL: service.server.url, OO_TOKEN: token.secret };
    const args = ["secret", "run", "--watch", "-n", "r3", ...script()];
    const run = startProgram(program.oo, args, { env, cwd: service.folder });
    await run.printed("value one\n");
    await token.revoke();
    await run.complained("oo: error: changes are not watched");
    run.signal("SIGTERM");
    expect(await run.ended).toBe(1);
  });
});
