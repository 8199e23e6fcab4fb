import { execFileSync, spawn } from "node:child_process";
import { constants, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readBounded, readRegularFile, whyUnreadable } from "../../src/files/read-bounded.ts";

const folder = mkdtempSync(join(tmpdir(), "read-bounded-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

writeFileSync(at("ten"), "0123456789");
symlinkSync(at("ten"), at("link"));
mkdirSync(at("folder"));
execFileSync("mkfifo", [at("silent"), at("spoken"), at("slow"), at("long"), at("refused")]);

const whyNot = (path: string, options: Partial<Parameters<typeof readBounded>[1]> = {}) => {
  try {
    readBounded(path, { maxBytes: 1000, ...options });
  } catch (error) {
    return whyUnreadable(error);
  }
  throw new Error("the file was read");
};

/** Writes to a pipe from another process: this one waits while it reads. */
function speak(path: string, script: string) {
  spawn("sh", ["-c", `exec > "$0"; ${script}`, path], { stdio: "ignore" });
}

describe("fault A7: a file is read whole or refused, and never waited for", () => {
  test("a regular file of exactly the allowed size, also through a link", async () => {
    expect(readBounded(at("ten"), { maxBytes: 10 }).toString()).toBe("0123456789");
    expect(readBounded(at("link"), { maxBytes: 10 }).toString()).toBe("0123456789");
    expect((await readRegularFile(at("link"), 10)).toString()).toBe("0123456789");
  });

  test("one that is larger than what is read first", async () => {
    const text = "x".repeat(300_000);
    writeFileSync(at("large"), text);
    expect(readBounded(at("large"), { maxBytes: 300_000 }).toString()).toBe(text);
    expect((await readRegularFile(at("large"), 300_000)).toString()).toBe(text);
  });

  test("not one that is larger", async () => {
    expect(whyNot(at("ten"), { maxBytes: 9 })).toBe("it is larger than 9 bytes");
    await expect(readRegularFile(at("ten"), 9)).rejects.toThrow("it is larger than 9 bytes");
  });

  test("not one whose size says less than what is in it", () => {
    expect(whyNot("/proc/self/maps", { maxBytes: 100 })).toBe("it is larger than 100 bytes");
  });

  test.each(["/dev/zero", "/dev/null", "/dev/random", "/dev/tty"])("not the device %s", async (path) => {
    // Without a terminal, /dev/tty cannot be opened.
    const refusal = /^it is not a regular file$|^ENXIO$|^ENODEV$/;
    expect(whyNot(path, { pipe: "wait" })).toMatch(refusal);
    expect(whyUnreadable(await readRegularFile(path, 10).catch((error: unknown) => error))).toMatch(refusal);
  });

  test("not a folder, a link where links are refused, or what is not there", async () => {
    expect(whyNot(at("folder"))).toBe("EISDIR");
    expect(whyNot(at("link"), { flags: constants.O_NOFOLLOW })).toBe("ELOOP");
    expect(whyNot(at("none"))).toBe("ENOENT");
    expect(whyUnreadable(await readRegularFile(at("none"), 10).catch((error: unknown) => error))).toBe("ENOENT");
  });

  test("not a pipe, unless it may be one", async () => {
    expect(whyNot(at("refused"))).toBe("it is not a regular file");
    await expect(readRegularFile(at("refused"), 10)).rejects.toThrow("it is not a regular file");
  });

  test("a pipe without a writer is not waited for long", () => {
    expect(whyNot(at("silent"), { pipe: "wait", waitMs: 50 })).toBe("the pipe was silent for 0.05 seconds");
  });

  test("a pipe is read to its end, in however many pieces it comes", () => {
    speak(at("spoken"), "printf abc; sleep 0.1; printf def");
    expect(readBounded(at("spoken"), { maxBytes: 6, pipe: "wait" }).toString()).toBe("abcdef");
  });

  test("an endless pipe is refused", () => {
    speak(at("long"), "exec cat /dev/zero");
    expect(whyNot(at("long"), { pipe: "wait", maxBytes: 200_000 })).toBe("it is larger than 200000 bytes");
  });

  test("a pipe that stops speaking is not waited for long", () => {
    speak(at("slow"), "printf abc; exec sleep 5");
    expect(whyNot(at("slow"), { pipe: "wait", waitMs: 200 })).toBe("the pipe was silent for 0.2 seconds");
  });
});
