import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { TemporaryError } from "../../src/config/temporary-error.ts";
import { type Environment, keyA, rawA } from "../support/config/fixture.ts";
import { refusalOf, runKeyCommand, temporaryFailure } from "../support/config/key-command.ts";
import { makePrograms, processesWith } from "../support/config/programs.ts";

const programs = makePrograms();
afterAll(() => programs[Symbol.dispose]());

const temporary = (script: string, environment: Environment = {}) => temporaryFailure(programs, script, environment);

describe("a program that fails", () => {
  test("is reported with its exit code or signal, and what it wrote, on one line", async () => {
    expect(await temporary("echo 'no such key' >&2; exit 3")).toMatch(
      /^OB_ENCRYPTION_KEY_COMMAND: \/\S+ failed with exit code 3 without printing anything; it wrote: no such key$/,
    );
    expect(await temporary("kill -9 $$")).toContain("was ended by SIGKILL");
    expect(await temporary("printf 'a\\nb\\033[31m\\r' >&2; exit 1")).toMatch(/it wrote: a\\nb\\x1b\[31m$/);
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
    expect(await runKeyCommand(programs.script("echo canary >&2; echo fine"))).toBe("fine");
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
    const error = await refusalOf("/bin/true", { SECRET_SVC_KEY_COMMAND_SECONDS: seconds });
    expect(error.message).toBe("SECRET_SVC_KEY_COMMAND_SECONDS must be a whole number from 1 to 300");
  });
});

describe("threat 268: what a program leaves running is ended, and not waited for", () => {
  test.each([
    ["holds its output", ""],
    ["has closed its output", ">/dev/null 2>&1"],
  ])("when it %s", async (name, how) => {
    const mark = `${986_000 + (process.pid % 1000)}${name.length}`;
    expect(await runKeyCommand(programs.script(`sleep ${mark} ${how} & echo key`))).toBe("key");
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test("when it ignores signals", async () => {
    const mark = `${983_000 + (process.pid % 1000)}`;
    const stubborn = `sh -c 'trap "" HUP TERM INT; sleep ${mark}; true' ${mark} &`;
    expect(await runKeyCommand(programs.script(`${stubborn} echo key`))).toBe("key");
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  test("when it has left the group, what it prints later is not a part of the secret", async () => {
    const late = "setsid sh -c 'trap \"\" PIPE; sleep 0.3; echo late' & echo key";
    expect(await runKeyCommand(programs.script(late))).toBe("key");
  });

  test("when it has left the group, it is not waited for either", async () => {
    const mark = `${985_000 + (process.pid % 1000)}`;
    expect(await runKeyCommand(programs.script(`setsid sleep ${mark} & echo key`))).toBe("key");
    for (const pid of processesWith(mark)) process.kill(pid, "SIGKILL");
  });
});

test("a program without the interpreter of its first line is a wrong setting", async () => {
  const program = programs.path();
  writeFileSync(program, "#!/none/at-all\n", { mode: 0o755 });
  const error = await refusalOf(program);
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
    expect(await refusalOf(program)).toBeInstanceOf(TemporaryError);
  } finally {
    closeSync(writing);
  }
});
