import { chmodSync, chownSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cannotUse, requireSafeProgram } from "../../src/config/command-program.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { TemporaryError } from "../../src/config/temporary-error.ts";
import { makePrograms } from "../support/config/programs.ts";

const programs = makePrograms();
afterAll(() => programs[Symbol.dispose]());

const setting = "OB_ENCRYPTION_KEY_COMMAND";

function refusal(program: string, searchPath = "", uid = process.getuid?.()): string {
  try {
    requireSafeProgram(setting, program, searchPath, uid);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

/** A program in a folder of its own within the folder of the test. */
function programIn(folder: string, mode = 0o755): string {
  const path = join(folder, "program");
  writeFileSync(path, "#!/bin/sh\n", { mode });
  chmodSync(path, mode);
  return path;
}

test("a program of one's own or of root is taken, in a folder such as /tmp as well, and through links", () => {
  const program = programIn(programs.subfolder());
  expect(refusal(program)).toBe("");
  expect(refusal("/bin/sh")).toBe("");
  const open = programs.subfolder();
  const inOpen = programIn(open);
  chmodSync(open, 0o1777);
  expect(refusal(inOpen)).toBe("");
  const link = programs.path();
  symlinkSync(relative(programs.folder, program), link);
  expect(refusal(link)).toBe("");
});

describe("threat 269: what others may change is not run", () => {
  test.each([0o757, 0o775, 0o777])("a program with mode %o", (mode) => {
    const program = programIn(programs.subfolder(), mode);
    expect(refusal(program)).toContain(`other users of the machine may change ${program} (mode 0${mode.toString(8)})`);
  });

  test.each([0o757, 0o775, 0o777])("a program in a folder with mode %o, or below one", (mode) => {
    const folder = programs.subfolder();
    const program = programIn(folder);
    chmodSync(folder, mode);
    const rule = `other users of the machine may change ${folder} (mode 0${mode.toString(8)})`;
    expect(refusal(program)).toContain(rule);
    expect(refusal(program)).toContain(`chmod go-w ${folder}`);
    // Deeper, and through a link in a folder that is safe.
    const link = programs.path();
    symlinkSync(folder, link);
    expect(refusal(join(link, "program"))).toContain(rule);
  });

  test("a link in a folder that others may change, to a program that they may not", () => {
    const folder = programs.subfolder();
    symlinkSync("/bin/sh", join(folder, "link"));
    chmodSync(folder, 0o777);
    expect(refusal(join(folder, "link"))).toContain(`may change ${folder} (mode 0777)`);
  });

  test("a program or a link of another user", () => {
    const program = programIn(programs.subfolder());
    const isRoot = process.getuid?.() === 0;
    const uid = isRoot ? 0 : (process.getuid?.() ?? 0) + 1;
    if (isRoot) chownSync(program, 12_345, 12_345);
    expect(refusal(program, "", uid)).toMatch(/belongs to the user \d+; what the service runs must belong to root/);
  });
});

describe("is refused with what is wrong", () => {
  test("a name without a path, and says where the PATH has it", () => {
    const folder = programs.subfolder();
    const program = programIn(folder);
    expect(refusal("program", `relative:/none:${folder}`)).toBe(
      `${setting} must begin with the absolute path of a program: ${program}`,
    );
    expect(refusal("program", "/none")).toMatch(/the PATH has none of this name$/);
    expect(refusal("./program", folder)).toMatch(/it begins with a relative one$/);
  });

  test("a program that is not there, a folder, a pipe, a file without the x bit, a circle of links", () => {
    expect(refusal("/none/at-all")).toBe(`${setting}: there is no program /none/at-all (ENOENT)`);
    expect(refusal(`${programIn(programs.subfolder())}/below`)).toMatch(/there is no program \S+ \(ENOTDIR\)$/);
    for (const path of [programs.subfolder(), programs.pipe(), "/dev/null"]) {
      expect(refusal(path)).toMatch(/is not a regular file$|may change \/dev\/null/);
    }
    const plain = programIn(programs.subfolder(), 0o644);
    expect(refusal(plain)).toBe(`${setting}: ${plain} is not executable for the user of the service (EACCES)`);
    const circle = programs.path();
    symlinkSync(circle, circle);
    expect(refusal(circle)).toMatch(/leads through more than 40 links$/);
  });
});

describe("what the system does not let the service look at", () => {
  const failing = (code: string) => Object.assign(new Error(code), { code });

  test.each(["EIO", "ESTALE", "ETIMEDOUT", "ENFILE", "EMFILE"])("%s may pass", (code) => {
    const error = cannotUse(setting, "/bin/program", failing(code));
    expect(error).toBeInstanceOf(TemporaryError);
    expect(error.message).toContain(code);
  });

  test.each(["ENOENT", "ENOTDIR", "EACCES", "ELOOP"])("%s does not", (code) => {
    expect(cannotUse(setting, "/bin/program", failing(code))).toBeInstanceOf(ConfigError);
  });
});
