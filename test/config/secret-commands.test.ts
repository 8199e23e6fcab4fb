import { existsSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { runSecretCommands } from "../../src/config/secret-commands.ts";
import { type Environment, fileWith, keyA, keyB, kidOf, rawA, rawB } from "../support/config/fixture.ts";
import {
  commandSetting,
  refusalOf,
  runKeyCommand,
  searchPath,
  temporaryFailure,
  wrongSetting,
} from "../support/config/key-command.ts";
import { makePrograms, processesWith } from "../support/config/programs.ts";
import { noFlags } from "../support/no-flags.ts";

const programs = makePrograms();
afterAll(() => programs[Symbol.dispose]());

const temporary = (script: string, environment: Environment = {}) => temporaryFailure(programs, script, environment);
const wrong = (script: string) => wrongSetting(programs, script);

describe("the form of a command", () => {
  test("words parted by blanks, or a JSON array, and no shell reads either", async () => {
    const show = programs.script('for each in "$@"; do printf "<%s>" "$each"; done');
    expect(await runKeyCommand(`  ${show}  -d\t-i id.key *  pkcs11:id=%01;type=private \n`)).toBe(
      "<-d><-i><id.key><*><pkcs11:id=%01;type=private>",
    );
    expect(await runKeyCommand(JSON.stringify([show, "a b", "", "$HOME", "'", "| cat"]))).toBe(
      "<a b><><$HOME><'><| cat>",
    );
  });

  test.each([
    ["quotes", "/bin/echo 'a b'", "word 2 has '"],
    ["a variable", "/bin/echo a $HOME/key", "word 3 has $"],
    ["a pipe", "/bin/cat key | base64 -d", "word 3 has |"],
    ["a redirection", "/bin/cat <key", "word 2 has <"],
    ["a redirection of errors", "/bin/cat key 2>/dev/null", "word 3 has >"],
    ["two commands", "/bin/cat key && true", "word 3 has &"],
    ["a home folder", "/bin/cat ~/key", "word 2 has ~"],
    ["a pipe without blanks", "/bin/cat key|base64", "word 2 has |"],
    ["a redirection without blanks", "/bin/cat a>key", "word 2 has >"],
    ["a redirection of both", "/bin/cat a &>key", "word 3 has &"],
    ["a redirection by number", "/bin/cat a 12>key", "word 3 has >"],
    ["two commands without blanks", "/bin/cat a; true", "word 2 has ;"],
    ["the home folder itself", "/bin/ls ~", "word 2 has ~"],
    ["nothing", " ", "is empty"],
    ["half an array", '["/bin/cat"', "must be a JSON array of strings"],
    ["an array of numbers", '["/bin/sleep", 1]', "must be a JSON array of strings"],
    ["an array with an end of text", '["/bin/echo", "\\u0000"]', "must be a JSON array of strings"],
    ["an empty array", "[]", "is empty"],
  ])("%s is refused", async (_name, command, rule) => {
    const error = await refusalOf(command);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(`${commandSetting}`);
    expect(error.message).toContain(rule);
    expect(error.message).not.toContain("HOME/key");
  });

  test.each([
    keyA,
    rawA.toString("hex"),
    `oo_${"t".repeat(43)}`,
    "mongodb://user:t-password@db/x",
    `${keyA},${keyB}`,
    `${keyB}\n${keyA}`,
    // Keys that begin as a path does.
    "/0123456789abcdefghijklmnopqrstu",
    "/0123456/89abcdefghijklmnopqrstu",
    `/${keyA.slice(1)}`,
    `/${keyA.slice(1)} ${keyB}`,
    `/${keyA.slice(1, 9)}/${keyA.slice(10, -2)}`,
  ])("threat 266: a secret that was put where its command belongs is not quoted", async (secret) => {
    const error = await refusalOf(secret);
    expect(error.name).toBe("ConfigError");
    expect(error.message).not.toContain(secret.slice(0, 8));
    expect(error.message).not.toContain(secret.slice(-8));
  });
});

describe("what a program gets", () => {
  test("threat 266: the environment of the service without its own settings", async () => {
    const secrets = { OB_PREVIOUS_ENCRYPTION_KEYS: keyB, SECRET_SVC_STORE: "mongodb://canary", OB_LATER: "canary" };
    const names = await runKeyCommand(programs.script("env | sed 's/=.*//'"), {
      ...secrets,
      AWS_REGION: "x",
      HOME: "/h",
    });
    expect(names?.split("\n")).toEqual(expect.arrayContaining(["AWS_REGION", "HOME", "PATH"]));
    expect(names).not.toMatch(/^(OB_|SECRET_SVC_)/m);
  });

  test("no input, no terminal, and the working directory of the service", async () => {
    expect(await runKeyCommand(programs.script('read line || echo "ends:$(pwd)"'))).toBe(`ends:${process.cwd()}`);
    expect(await temporary(": < /dev/tty")).toMatch(/failed with exit code \d/);
  });
});

describe("what a program prints", () => {
  test("is the secret without one line break at its end", async () => {
    for (const [end, text] of [
      ["", "a"],
      ["\\n", "a"],
      ["\\r\\n", "a"],
      ["\\n\\n", "a\n"],
    ]) {
      expect(await runKeyCommand(programs.script(`printf 'a${end}'`))).toBe(text);
    }
  });

  test("threat 267: at most 8 KiB; a program that goes on is ended", async () => {
    expect(await runKeyCommand(programs.script("head -c 8192 /dev/zero | tr '\\0' a"))).toBe("a".repeat(8192));
    expect(await wrong("head -c 8193 /dev/zero | tr '\\0' a")).toContain("printed more than 8192 bytes");
    expect(await temporary("head -c 9000 /dev/zero | tr '\\0' a; exit 3")).toContain("failed with exit code 3");
    const mark = `flood-${process.pid}`;
    expect(await wrong(`yes ${mark}`)).toContain("printed more than 8192 bytes");
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test("is refused when it is nothing, or not text", async () => {
    expect(await wrong("true")).toMatch(/ended without an error, but printed nothing$/);
    expect(await wrong("false | base64 -d")).toContain("printed nothing");
    expect(await wrong("echo; echo no key here >&2")).toMatch(/printed nothing; it wrote: no key here$/);
    expect(await wrong("printf '\\377\\376'")).toContain("printed bytes that are not text");
  });

  test("threat 266: a wrong key is refused by its shape, and not quoted", async () => {
    const command = programs.script(`echo ${keyA.slice(0, -1)}`);
    const outputs = await runSecretCommands({ ...searchPath, [commandSetting]: command });
    const error = await loadConfig({ ...searchPath, [commandSetting]: command }, noFlags).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      name: "ConfigError",
      message: expect.stringMatching(/^OB_ENCRYPTION_KEY_COMMAND: /),
    });
    expect((error as Error).message).toMatch(/got 43 characters, all base64$/);
    expect((error as Error).message).not.toContain(outputs.get(commandSetting)?.text.slice(0, 8));
  });
});

test("all commands run at the same time", async () => {
  const meeting = programs.pipe();
  const outputs = await runSecretCommands({
    OB_ENCRYPTION_KEY_COMMAND: programs.script(`echo now > ${meeting}; echo first`),
    OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND: programs.script(`read line < ${meeting}; echo "$line"`),
  });
  expect([...outputs].map(([name, { text }]) => [name, text])).toEqual([
    ["OB_ENCRYPTION_KEY_COMMAND", "first"],
    ["OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND", "now"],
  ]);
});

test("no command runs while a setting is wrong, and a wrong one is reported before one that may work later", async () => {
  const trace = programs.path();
  const touch = programs.script(`touch ${trace}; exit 1`);
  const flood = programs.script("yes");
  const attempt = (environment: Environment) =>
    runSecretCommands({ ...searchPath, ...environment, [commandSetting]: touch });
  await expect(attempt({ OB_LEGACY_ENCRYPTION_KEY_COMMAND: "/none/at-all" })).rejects.toThrow("there is no program");
  await expect(attempt({ OB_ENCRYPTION_KEY_FILE: fileWith(keyA) })).rejects.toThrow(
    "OB_ENCRYPTION_KEY_FILE and OB_ENCRYPTION_KEY_COMMAND must not both be set",
  );
  await expect(attempt({ OB_ENCRYPTION_KEY: keyA })).rejects.toThrow(
    "OB_ENCRYPTION_KEY and OB_ENCRYPTION_KEY_COMMAND must not both be set",
  );
  expect(existsSync(trace)).toBe(false);
  await expect(attempt({ OB_LEGACY_ENCRYPTION_KEY_COMMAND: flood })).rejects.toThrow("printed more than 8192 bytes");
});

describe("each secret setting", () => {
  const token = `oo_${"t".repeat(43)}`;
  const print = (...lines: string[]) => programs.script(lines.map((line) => `echo '${line}'`).join("\n"));

  test("takes the output of its command", async () => {
    const config = await loadConfig(
      {
        OB_ENCRYPTION_KEY_COMMAND: print(keyA),
        OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND: print(keyB, "an old key, of 32 characters: ,,"),
        OB_LEGACY_ENCRYPTION_KEY_COMMAND: print("legacy key, 32 characters long.."),
        OB_ADMIN_TOKEN_COMMAND: print(token),
        SECRET_SVC_STORE_COMMAND: print("mongodb://user:password@db/secrets"),
      },
      noFlags,
    );
    const old = Buffer.from("an old key, of 32 characters: ,,");
    expect(config.keys?.keyring.keys.map(({ kid }) => kid)).toEqual([kidOf(rawA), kidOf(rawB), kidOf(old)]);
    expect(config.legacyKey?.export().toString()).toBe("legacy key, 32 characters long..");
    expect(config).toMatchObject({ adminToken: token, mongoUri: "mongodb://user:password@db/secrets" });
    expect(config.keyOrigin).toMatchObject({ kind: "command", setting: "OB_ENCRYPTION_KEY_COMMAND" });
  });

  test.each([
    ["OB_PREVIOUS_ENCRYPTION_KEYS", keyB],
    ["OB_LEGACY_ENCRYPTION_KEY", "legacy key, 32 characters long.."],
    ["SECRET_SVC_STORE", "sqlite"],
    ["OB_ADMIN_TOKEN", token],
  ])("%s must come from one place, and its command must print something", async (name, text) => {
    const command = { OB_ENCRYPTION_KEY: keyA, [`${name}_COMMAND`]: print(text) };
    await expect(loadConfig({ ...command }, noFlags)).resolves.toBeDefined();
    const both = { ...command, [`${name}_FILE`]: fileWith(text) };
    await expect(loadConfig(both, noFlags)).rejects.toThrow(`${name}_FILE and ${name}_COMMAND must not both be set`);
    await expect(loadConfig({ ...command, [`${name}_COMMAND`]: programs.script("true") }, noFlags)).rejects.toThrow(
      `${name}_COMMAND: `,
    );
  });

  test("another text than a token is refused without being quoted", async () => {
    const attempt = loadConfig({ OB_ADMIN_TOKEN_COMMAND: print("oo_canary") }, noFlags);
    await expect(attempt).rejects.toThrow(/^OB_ADMIN_TOKEN_COMMAND must print 'oo_' and 43 characters[^y]*$/);
  });

  test.each([
    ["refused", "/none/at-all"],
    ["failing", "/bin/false"],
    ["printing nothing", "/bin/true"],
  ])(
    "threat 85: all secrets are taken out of the environment also with a command that is %s",
    async (_name, command) => {
      const environment: Record<string, string | undefined> = {
        OB_ENCRYPTION_KEY_COMMAND: command,
        OB_PREVIOUS_ENCRYPTION_KEYS: keyB,
        OB_LEGACY_ENCRYPTION_KEY: "legacy key, 32 characters long..",
        SECRET_SVC_STORE: "mongodb://user:password@db/secrets",
        ...searchPath,
      };
      const loading = loadConfig(environment, noFlags);
      expect(Object.keys(environment)).toEqual(["OB_ENCRYPTION_KEY_COMMAND", "PATH"]);
      await expect(loading).rejects.toThrow("OB_ENCRYPTION_KEY_COMMAND");
    },
  );
});
