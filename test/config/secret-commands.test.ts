import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { runSecretCommands } from "../../src/config/secret-commands.ts";
import { TemporaryError } from "../../src/config/temporary-error.ts";
import { type Environment, fileWith, keyA, keyB, kidOf, rawA, rawB } from "../support/config/fixture.ts";
import { makePrograms, processesWith } from "../support/config/programs.ts";
import { noFlags } from "../support/no-flags.ts";

const programs = makePrograms();
afterAll(() => programs[Symbol.dispose]());

const setting = "OB_ENCRYPTION_KEY_COMMAND";
const path = { PATH: process.env.PATH ?? "" };

/** What a command prints, and with what it is refused. */
async function run(command: string, environment: Environment = {}): Promise<string | undefined> {
  return (await runSecretCommands({ ...path, ...environment, [setting]: command })).get(setting)?.text;
}

async function refusal(command: string, environment: Environment = {}): Promise<Error> {
  const error = await run(command, environment).catch((caught: unknown) => caught);
  if (error instanceof Error) return error;
  throw new Error("it was taken");
}

const temporary = async (script: string, environment: Environment = {}) => {
  const error = await refusal(programs.script(script), environment);
  expect(error).toBeInstanceOf(TemporaryError);
  return error.message;
};
const wrong = async (script: string) => {
  const error = await refusal(programs.script(script));
  expect(error.name).toBe("ConfigError");
  return error.message;
};

describe("the form of a command", () => {
  test("words parted by blanks, or a JSON array, and no shell reads either", async () => {
    const show = programs.script('for each in "$@"; do printf "<%s>" "$each"; done');
    expect(await run(`  ${show}  -d\t-i id.key *  pkcs11:id=%01;type=private \n`)).toBe(
      "<-d><-i><id.key><*><pkcs11:id=%01;type=private>",
    );
    expect(await run(JSON.stringify([show, "a b", "", "$HOME", "'", "| cat"]))).toBe("<a b><><$HOME><'><| cat>");
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
    const error = await refusal(command);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(`${setting}`);
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
    const error = await refusal(secret);
    expect(error.name).toBe("ConfigError");
    expect(error.message).not.toContain(secret.slice(0, 8));
    expect(error.message).not.toContain(secret.slice(-8));
  });
});

describe("what a program gets", () => {
  test("threat 266: the environment of the service without its own settings", async () => {
    const secrets = { OB_PREVIOUS_ENCRYPTION_KEYS: keyB, SECRET_SVC_STORE: "mongodb://canary", OB_LATER: "canary" };
    const names = await run(programs.script("env | sed 's/=.*//'"), { ...secrets, AWS_REGION: "x", HOME: "/h" });
    expect(names?.split("\n")).toEqual(expect.arrayContaining(["AWS_REGION", "HOME", "PATH"]));
    expect(names).not.toMatch(/^(OB_|SECRET_SVC_)/m);
  });

  test("no input, no terminal, and the working directory of the service", async () => {
    expect(await run(programs.script('read line || echo "ends:$(pwd)"'))).toBe(`ends:${process.cwd()}`);
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
      expect(await run(programs.script(`printf 'a${end}'`))).toBe(text);
    }
  });

  test("threat 267: at most 8 KiB; a program that goes on is ended", async () => {
    expect(await run(programs.script("head -c 8192 /dev/zero | tr '\\0' a"))).toBe("a".repeat(8192));
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
    const outputs = await runSecretCommands({ ...path, [setting]: command });
    const error = await loadConfig({ ...path, [setting]: command }, noFlags).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: "ConfigError",
      message: expect.stringMatching(/^OB_ENCRYPTION_KEY_COMMAND: /),
    });
    expect((error as Error).message).toMatch(/got 43 characters, all base64$/);
    expect((error as Error).message).not.toContain(outputs.get(setting)?.text.slice(0, 8));
  });
});

describe("a program that fails", () => {
  test("is reported with its exit code or signal, and what it wrote, on one line", async () => {
    expect(await temporary("echo 'no such key' >&2; exit 3")).toMatch(
      /^OB_ENCRYPTION_KEY_COMMAND: \/\S+ failed with exit code 3 without printing anything; it wrote: no such key$/,
    );
    expect(await temporary("kill -9 $$")).toContain("was ended by SIGKILL");
    expect(await temporary("printf 'a\\nb\\033[31m\\r' >&2; exit 1")).toMatch(/it wrote: a\\nb\\u\{1b\}\[31m$/);
  });

  test("threat 266: what could be the key is masked in what it wrote", async () => {
    const hex = rawA.toString("hex");
    for (const shown of [
      keyA,
      hex,
      `{"Plaintext":"${keyA}"}`,
      hex.replaceAll(/../g, "$& "),
      hex.replaceAll(/../g, "$&:"),
    ]) {
      const message = await temporary(`echo 'debug: ${shown}' >&2; exit 1`);
      expect(message).toContain("debug: ");
      expect(message).toContain("[masked]");
      expect(message).not.toContain(keyA.slice(0, 12));
      expect(message).not.toMatch(/a1.?a1.?a1/);
    }
  });

  test("threat 266: what it also printed is masked, whatever its form", async () => {
    const words = await temporary("echo 'words that are it'; echo 'got: words that are it, is it' >&2; exit 1");
    expect(words).toMatch(/failed with exit code 1; it wrote: got: \[masked\], is it$/);
    // A key of which a part was printed would be two short runs.
    for (const printed of [keyA.slice(0, 20), keyA.slice(18, 26)]) {
      const got = await temporary(`echo '${printed}'; echo 'debug: got ${keyA}' >&2; exit 1`);
      expect(got).toMatch(/wrote: debug: got \[masked\]$/);
    }
    const part = await temporary("echo correct-horse; echo 'got correct-horse' >&2; exit 1");
    expect(part).toMatch(/wrote: got \[masked\]$/);
  });

  test("threat 266: the end of what it wrote is shown, and a key at the cut is masked", async () => {
    // The cut leaves a part of the key that is too short for a run.
    for (const rest of [8, 12, 20, 31]) {
      const words = 8192 - rest - " last\n".length;
      const message = await temporary(
        `{ printf '%s' 'first ${keyA}'; head -c ${words} /dev/zero | tr '\\0' '\\1'; echo ' last'; } >&2; exit 1`,
      );
      expect(message).toContain("last");
      expect(message.length).toBeLessThan(2500);
    }
  });

  test("says nothing of what a program wrote that succeeds", async () => {
    expect(await run(programs.script("echo canary >&2; echo fine"))).toBe("fine");
  });

  test("threat 268: that hangs is ended after its time, with all that it has started", async () => {
    const mark = `${987_000 + (process.pid % 1000)}`;
    const message = await temporary(`sleep ${mark} & echo started >&2; sleep ${mark}`, {
      SECRET_SVC_KEY_COMMAND_SECONDS: "1",
    });
    expect(message).toContain("did not end within 1 s, which SECRET_SVC_KEY_COMMAND_SECONDS sets");
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test.each(["0", "301", "1.5", "-1", "ten"])("a time of %s seconds is refused", async (seconds) => {
    const error = await refusal("/bin/true", { SECRET_SVC_KEY_COMMAND_SECONDS: seconds });
    expect(error.message).toBe("SECRET_SVC_KEY_COMMAND_SECONDS must be a whole number from 1 to 300");
  });
});

describe("threat 268: what a program leaves running is ended, and not waited for", () => {
  test.each([
    ["holds its output", ""],
    ["has closed its output", ">/dev/null 2>&1"],
  ])("when it %s", async (name, how) => {
    const mark = `${986_000 + (process.pid % 1000)}${name.length}`;
    expect(await run(programs.script(`sleep ${mark} ${how} & echo key`))).toBe("key");
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test("when it ignores signals", async () => {
    const mark = `${983_000 + (process.pid % 1000)}`;
    const stubborn = `sh -c 'trap "" HUP TERM INT; sleep ${mark}; true' ${mark} &`;
    expect(await run(programs.script(`${stubborn} echo key`))).toBe("key");
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test("when it has left the group, what it prints later is not a part of the secret", async () => {
    const late = "setsid sh -c 'trap \"\" PIPE; sleep 0.3; echo late' & echo key";
    expect(await run(programs.script(late))).toBe("key");
  });

  test("when it has left the group, it is not waited for either", async () => {
    const mark = `${985_000 + (process.pid % 1000)}`;
    expect(await run(programs.script(`setsid sleep ${mark} & echo key`))).toBe("key");
    for (const pid of processesWith(mark)) process.kill(pid, "SIGKILL");
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
  const attempt = (environment: Environment) => runSecretCommands({ ...path, ...environment, [setting]: touch });
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
        ...path,
      };
      const loading = loadConfig(environment, noFlags);
      expect(Object.keys(environment)).toEqual(["OB_ENCRYPTION_KEY_COMMAND", "PATH"]);
      await expect(loading).rejects.toThrow("OB_ENCRYPTION_KEY_COMMAND");
    },
  );
});

test("a program without the interpreter of its first line is a wrong setting", async () => {
  const program = programs.path();
  writeFileSync(program, "#!/none/at-all\n", { mode: 0o755 });
  const error = await refusal(program);
  expect(error).toMatchObject({
    name: "ConfigError",
    message: expect.stringContaining("the interpreter that its first"),
  });
});

describe("threat 268: an end of the process takes its commands with it", () => {
  const sources = new URL("../../src/config/secret-commands.ts", import.meta.url).href;

  /** Ends once both commands run. */
  const endWith = (mark: string, end: string) => {
    const hang = JSON.stringify(programs.script(`sleep ${mark}`));
    const code = `
      const { runSecretCommands } = await import(${JSON.stringify(sources)});
      const running = runSecretCommands({ PATH: process.env.PATH, OB_ENCRYPTION_KEY_COMMAND: ${hang}, OB_LEGACY_ENCRYPTION_KEY_COMMAND: ${hang} });
      const { readdirSync, readFileSync } = await import("node:fs");
      const isOne = (pid) => { try { return readFileSync("/proc/" + pid + "/cmdline", "utf8").startsWith("sleep\\u0000${mark}"); } catch { return false; } };
      const look = setInterval(() => { if (readdirSync("/proc").filter(isOne).length === 2) { clearInterval(look); ${end} } }, 10);
      await running;`;
    return () => execFileSync(process.execPath, ["--input-type=module", "-e", code], { stdio: "pipe" });
  };

  test.each(["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"])("with %s", async (signal) => {
    const mark = `${984_000 + (process.pid % 1000)}${signal.length}${signal.charCodeAt(3)}`;
    expect(endWith(mark, `process.kill(process.pid, "${signal}");`)).toThrow(expect.objectContaining({ signal }));
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test("by itself", async () => {
    const mark = `${982_000 + (process.pid % 1000)}`;
    expect(endWith(mark, "process.exit(9);")).toThrow(expect.objectContaining({ status: 9 }));
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });
});

test("a program that is being written may be there at the next start", async () => {
  const program = programs.script("echo key");
  const writing = openSync(program, "r+");
  try {
    expect(await refusal(program)).toBeInstanceOf(TemporaryError);
  } finally {
    closeSync(writing);
  }
});
