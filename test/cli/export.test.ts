import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BundledOo, bundleOo } from "../support/cli/bundled-oo.ts";
import { hasPseudoTerminals, typeOnTerminal } from "../support/cli/pseudo-terminal.ts";
import { runProgram } from "../support/cli/run-process.ts";
import { type CliService, startCliService } from "../support/cli/service.ts";
import { intrude } from "../support/hostile/database.ts";

let service: CliService;
let program: BundledOo;
let token: string;

const save = async (secrets: Readonly<Record<string, string>>, as = service.server.adminToken) => {
  const file = Object.entries(secrets).map(([key, value]) => `- key: ${key}\n  value: ${JSON.stringify(value)}\n`);
  writeFileSync(join(service.folder, "save.yaml"), file.join(""));
  expect(await service.as(as, ["secret", "save", "save.yaml"])).toMatchObject({ code: 0 });
};
const exportAs = (as: string, ...args: string[]) => service.as(as, ["secret", "export", ...args]);
const exportSecrets = (...args: string[]) => exportAs(service.server.adminToken, ...args);
const namesOf = (json: string) => Object.keys(JSON.parse(json));

beforeAll(async () => {
  service = await startCliService();
  program = bundleOo();
  token = await service.addUser("payment-svc");
  await save({ "payment-svc/STRIPE_KEY": "sk", "payment-svc/db/main-url": "it's", "payment-svc/URL": "u" }, token);
  await save({ BARE: "b", "other/URL": "o" });
});
afterAll(() => Promise.all([service.stop(), program.remove()]));

describe("which secrets", () => {
  test("those of a namespace, under names relative to it and in their order", async () => {
    const { code, stdout, stderr } = await exportSecrets("-n", "payment-svc", "--recursive", "--format", "json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe('{\n  "STRIPE_KEY": "sk",\n  "URL": "u",\n  "db_main-url": "it\'s"\n}\n');
  });

  test("those that are named, within the namespace if there is one", async () => {
    const only = async (...args: string[]) => JSON.parse((await exportSecrets("--format", "json", ...args)).stdout);
    expect(await only("--only", "BARE", "other/URL")).toEqual({ BARE: "b", URL: "o" });
    expect(await only("-n", "payment-svc", "--only", "URL", "--only", "payment-svc/STRIPE_KEY")).toEqual({
      URL: "u",
      STRIPE_KEY: "sk",
    });
  });

  test("one that is named and not there, or not for the caller, and nothing is exported", async () => {
    const admin = await exportSecrets("--only", "other/URL", "other/NONE", "--format", "json");
    expect(admin).toEqual({
      code: 1,
      stdout: "",
      stderr: "oo: error: not found, or not readable by you: other/NONE\n",
    });
    const user = await exportAs(token, "--only", "payment-svc/URL", "other/URL", "--format", "json");
    expect(user).toEqual({ code: 1, stdout: "", stderr: "oo: error: not found, or not readable by you: other/URL\n" });
  });

  test("an empty namespace is an error: it is likely to be a wrong one", async () => {
    expect(await exportSecrets("-n", "paymant-svc", "--format", "json")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "oo: error: there are no secrets in paymant-svc/ that you may read\n",
    });
  });

  test("an admin has to say which", async () => {
    expect(await exportSecrets("--format", "json")).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "oo: error: say which secrets with --namespace or --only\n" + "oo: hint: admins have no default namespace\n",
    });
  });

  test("threat 16: what others make a user a reader of is not in that user's export", async () => {
    await service.admin(["secret", "save", "evil/NODE_OPTIONS", "--require /tmp/evil", "--readers", "payment-svc"]);
    await service.admin(["secret", "save", "NODE_OPTIONS", "--require /tmp/evil", "--readers", "payment-svc"]);
    expect(namesOf((await exportAs(token, "--format", "json")).stdout)).toEqual(["STRIPE_KEY", "URL"]);
  });

  test("a bare key is the user's own, and the command says so", async () => {
    const { stdout, stderr } = await exportAs(token, "--only", "URL", "--format", "json");
    expect({ stdout, stderr }).toEqual({
      stdout: '{\n  "URL": "u"\n}\n',
      stderr: "oo: hint: URL means payment-svc/URL\n",
    });
    expect((await exportAs(token, "-q", "--only", "URL", "--format", "json")).stderr).toBe("");
  });

  test("one whose stored document does not verify, and nothing is exported", async () => {
    await save({ "damaged/A": "sk_live", "damaged/B": "v" });
    const intruder = intrude(service.server.dataDir);
    await intruder.run("UPDATE secret SET owner = 'x' WHERE key = 'damaged/A'");
    intruder.close();
    expect(await exportSecrets("-n", "damaged", "--format", "json")).toEqual({
      code: 1,
      stdout: "",
      stderr: "oo: error: cannot be read: damaged/A: the stored document does not verify\n",
    });
    expect((await exportSecrets("--only", "damaged/B", "--format", "json")).code).toBe(0);
  });

  test("pages are read to the end", async () => {
    const value = "x".repeat(60_000);
    await save(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`pages/K${i}`, value])));
    await save(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`pages/L${i}`, value])));
    expect(namesOf((await exportSecrets("-n", "pages", "--format", "json")).stdout)).toHaveLength(120);
    const keys = Array.from({ length: 60 }, (_, i) => [`pages/K${i}`, `pages/L${i}`]).flat();
    expect(namesOf((await exportSecrets("--only", ...keys, "--format", "json")).stdout)).toHaveLength(120);
  });
});

describe("under which names", () => {
  test("--upper and --prefix", async () => {
    const { stdout } = await exportSecrets(
      "-n",
      "payment-svc",
      "--recursive",
      "--upper",
      "--prefix",
      "APP_",
      "--format",
      "json",
    );
    expect(namesOf(stdout)).toEqual(["APP_DB_MAIN_URL", "APP_STRIPE_KEY", "APP_URL"]);
    expect((await exportSecrets("-n", "payment-svc", "--prefix", "$(x)", "--format", "json")).code).toBe(2);
  });

  test("two keys with one name are an error that names both", async () => {
    expect(await exportSecrets("--only", "payment-svc/URL", "other/URL", "--format", "yaml")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^oo: error: payment-svc\/URL: has the name URL, and so has other\/URL\n/),
    });
    await save({ "twice/a-b": "1", "twice/a.b": "2" });
    expect((await exportSecrets("-n", "twice", "--format", "json")).code).toBe(0);
    expect(await exportSecrets("-n", "twice", "--upper", "--format", "json")).toMatchObject({ code: 1, stdout: "" });
  });

  test("threat 16: names that change how programs load are refused in every format, unless they are meant", async () => {
    await save({ "loader/LD_PRELOAD": "/tmp/evil.so", "loader/path": "/tmp", "loader/OK": "v" });
    for (const format of ["dotenv", "json", "shell", "docker-env", "k8s", "yaml"]) {
      const { code, stdout, stderr } = await exportSecrets("-n", "loader", "--upper", "--format", format);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(
        "loader/LD_PRELOAD: has the name LD_PRELOAD, which changes what the dynamic linker and libc load",
      );
      expect(stderr).toContain("loader/path: has the name PATH");
      expect(stderr).not.toContain("evil");
    }
    const allowed = ["--allow-name", "LD_PRELOAD", "--allow-name", "PATH"];
    const { stdout } = await exportSecrets("-n", "loader", "--upper", ...allowed, "--format", "json");
    expect(namesOf(stdout)).toEqual(["LD_PRELOAD", "OK", "PATH"]);
    const prefixed = await exportSecrets("-n", "loader", "--prefix", "APP_", "--format", "dotenv");
    expect(prefixed.stdout).toContain("APP_LD_PRELOAD='/tmp/evil.so'\n");
  });
});

describe("in which form", () => {
  test("what a format cannot carry is refused with key and reason, all of it, and without the value", async () => {
    await save({ "bad/a-b": "v", "bad/LINES_": "sk_live\n", "bad/OK": "v" });
    const { code, stdout, stderr } = await exportSecrets("-n", "bad", "--format", "docker-env");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^oo: error: bad\/LINES_: has a line break, .*\noo: error: bad\/a-b: a-b is not a valid variable name/,
    );
    expect(stderr).not.toContain("sk_live");
  });

  test("k8s has the name of the namespace, or another", async () => {
    const manifest = await exportSecrets("-n", "payment-svc", "--recursive", "--upper", "--format", "k8s");
    expect(manifest.stdout).toBe(
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: payment-svc\ntype: Opaque\ndata:\n" +
        "  DB_MAIN_URL: aXQncw==\n  STRIPE_KEY: c2s=\n  URL: dQ==\n",
    );
    const named = await exportSecrets("--only", "BARE", "--format", "k8s", "--name", "a.b-c");
    expect(named.stdout).toContain("\n  name: a.b-c\n");
    for (const args of [[], ["--name", "A"], ["--name", "a/b"], ["--name", "-a"]]) {
      expect((await exportSecrets("--only", "BARE", "--format", "k8s", ...args)).code).toBe(2);
    }
    await save({ "odd-names/a@b": "v" });
    expect((await exportSecrets("-n", "odd-names", "--format", "k8s")).stderr).toContain(
      "a@b is not a valid entry name",
    );
    expect((await exportSecrets("-n", "pages", "--format", "k8s")).stderr).toMatch(
      /at most 1048576 bytes, and these are 7200000\n/,
    );
  });

  test("threat 38: eval in a shell, with values that want to be executed", async () => {
    const value = `'; touch executed; '"$(touch executed)" \`touch executed\`\n`;
    await save({ "shell/VALUE": value });
    const script = 'eval "$("$0" secret export -n shell --format shell)"; printf %s. "$VALUE"';
    const env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
    const run = await runProgram("sh", ["-c", script, program.oo], { env, cwd: service.folder });
    expect(run).toEqual({ code: 0, stdout: `${value}.`, stderr: "" });
    expect(readdirSync(service.folder)).not.toContain("executed");
  });

  test.runIf(hasPseudoTerminals)("threat 77: characters that a terminal acts on are not shown on one", async () => {
    await save({ "terminal/RED": "\x1b[31mred", "terminal/PEM": "a\nb\tc\n" });
    const show = async (...args: string[]) => {
      const { shown } = await typeOnTerminal({
        prompt: "nothing is asked",
        keys: "",
        program: "sh",
        args: ["-c", 'exec "$0" secret export "$@" >/dev/tty', program.oo, ...args],
        env: { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken },
      });
      return shown;
    };
    expect(await show("-n", "terminal", "--format", "dotenv")).toBe(
      "oo: error: a value has characters that a terminal acts on\r\n" +
        "oo: hint: write it to a file with --output, or to a pipe\r\n",
    );
    expect(await show("-n", "terminal", "--format", "json")).toContain('"RED": "\\u001b[31mred"');
    expect(await show("-n", "terminal", "--format", "yaml")).toContain('RED: "\\x1B[31mred"');
    expect(await show("--only", "terminal/PEM", "--format", "shell")).toContain("export PEM='a\r\nb\tc\r\n'");
    expect((await exportSecrets("-n", "terminal", "--format", "dotenv")).stdout).toContain("RED='\x1b[31mred'\n");
  });
});

describe("threat 76: to which file", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(service.folder, "out");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });
  const write = (...args: string[]) =>
    exportSecrets(
      "-n",
      "payment-svc",
      "--recursive",
      "--upper",
      "--format",
      "dotenv",
      "--output",
      join(folder, "env"),
      ...args,
    );
  const mode = () => lstatSync(join(folder, "env")).mode & 0o7777;
  const text = `DB_MAIN_URL="it's"\nSTRIPE_KEY='sk'\nURL='u'\n`;

  test("a new one, which only its owner may read, whatever the umask", async () => {
    expect(await write()).toEqual({
      code: 0,
      stdout: "",
      stderr: `oo: hint: wrote 3 secrets to ${join(folder, "env")}\n`,
    });
    expect(readFileSync(join(folder, "env"), "utf8")).toBe(text);
    expect(mode()).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["env"]);
    const env = { OO_URL: service.server.url, OO_TOKEN: service.server.adminToken };
    for (const umask of ["000", "777"]) {
      rmSync(join(folder, "env"));
      const script = `umask ${umask}; exec "$0" secret export -n payment-svc --upper --format dotenv --output ${join(folder, "env")}`;
      expect(await runProgram("sh", ["-c", script, program.oo], { env })).toMatchObject({ code: 0 });
      expect(mode()).toBe(0o600);
    }
  });

  test("an existing one stays, unless --force takes its place as a whole", async () => {
    writeFileSync(join(folder, "env"), "old");
    chmodSync(join(folder, "env"), 0o644);
    const { ino } = lstatSync(join(folder, "env"));
    expect(await write()).toMatchObject({
      code: 1,
      stderr: `oo: error: ${join(folder, "env")} exists\noo: hint: --force replaces it\n`,
    });
    expect(readFileSync(join(folder, "env"), "utf8")).toBe("old");
    expect(await write("--force")).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "env"), "utf8")).toBe(text);
    expect(mode()).toBe(0o600);
    expect(lstatSync(join(folder, "env")).ino).not.toBe(ino);
    expect(readdirSync(folder)).toEqual(["env"]);
  });

  test.each([["a file"], ["nothing"]])("a symbolic link to %s is neither followed nor replaced", async (target) => {
    if (target === "a file") writeFileSync(join(folder, "target"), "old");
    symlinkSync("target", join(folder, "env"));
    for (const args of [[], ["--force"]]) {
      expect(await write(...args)).toMatchObject({
        code: 1,
        stderr: `oo: error: ${join(folder, "env")} is a symbolic link, and is not replaced\n`,
      });
    }
    expect(lstatSync(join(folder, "env")).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(target === "a file" ? ["env", "target"] : ["env"]);
  });

  test("no folder, no regular file, and nothing is left behind", async () => {
    mkdirSync(join(folder, "env"));
    expect((await write("--force")).stderr).toBe(
      `oo: error: ${join(folder, "env")} is not a regular file, and is not replaced\n`,
    );
    const nowhere = await exportSecrets("--only", "BARE", "--format", "json", "--output", join(folder, "none/env"));
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: `oo: error: cannot write ${join(folder, "none/env")}: no such file or folder\n`,
    });
    expect(readdirSync(folder)).toEqual(["env"]);
    expect((await exportSecrets("--only", "BARE", "--format", "json", "--force")).code).toBe(2);
  });

  test("what is refused leaves no file", async () => {
    expect((await exportSecrets("-n", "bad", "--format", "dotenv", "--output", join(folder, "env"))).code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
