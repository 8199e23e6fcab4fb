import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  PathTakenError,
  replaceFile,
  streamNewFile,
  writeNewFile,
  writePrivateFile,
} from "../../src/files/write-whole.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "write-whole-"));
  path = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (of: string) => statSync(of).mode & 0o777;
const text = () => readFileSync(path, "utf8");
/** No draft is left. */
const onlyFile = () => expect(readdirSync(folder)).toEqual(["file"]);
async function* pieces(...bytes: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const each of bytes) {
    if (each instanceof Error) throw each;
    yield Buffer.from(each);
  }
}

describe("a streamed file", () => {
  test("is whole, and only its owner can read it", async () => {
    await streamNewFile(path, pieces("a", "b", "c"));
    expect([text(), modeOf(path)]).toEqual(["abc", 0o600]);
    onlyFile();
  });

  test("is not there after an error, and replaces none", async () => {
    await expect(streamNewFile(path, pieces("a", new Error("broken")))).rejects.toThrow("broken");
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, "old");
    await expect(streamNewFile(path, pieces("a"))).rejects.toMatchObject({ code: "EEXIST" });
    expect(text()).toBe("old");
    onlyFile();
  });
});

describe("a new file", () => {
  test("is written once", async () => {
    expect(await writeNewFile(path, "one")).toBe(true);
    expect([text(), modeOf(path)]).toEqual(["one", 0o600]);
    expect(await writeNewFile(path, "two")).toBe(false);
    expect(text()).toBe("one");
    onlyFile();
  });

  test("that cannot be written is an error", async () => {
    await expect(writeNewFile(join(folder, "missing", "file"), "x")).rejects.toMatchObject({ code: "ENOENT" });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a private file", () => {
  const takenBy = (replace: boolean) => {
    try {
      writePrivateFile(path, "new", { replace });
    } catch (error) {
      if (error instanceof PathTakenError) return error.found;
      throw error;
    }
    return undefined;
  };

  test.each([true, false])("is for its owner only, where there was none (replace: %s)", (replace) => {
    expect(takenBy(replace)).toBeUndefined();
    expect([text(), modeOf(path)]).toEqual(["new", 0o600]);
    onlyFile();
  });

  test("replaces a file only when it may, and leaves other links to it alone", () => {
    writeFileSync(path, "old", { mode: 0o644 });
    expect(takenBy(false)).toBe("regular");
    expect(text()).toBe("old");
    const other = `${path}2`;
    linkSync(path, other);
    expect(takenBy(true)).toBeUndefined();
    expect([text(), modeOf(path), readFileSync(other, "utf8")]).toEqual(["new", 0o600, "old"]);
  });

  test.each([true, false])("never replaces a link or a folder (replace: %s)", (replace) => {
    const target = join(folder, "target");
    writeFileSync(target, "old");
    symlinkSync(target, path);
    expect(takenBy(replace)).toBe("symbolic-link");
    expect([readFileSync(target, "utf8"), lstatSync(path).isSymbolicLink()]).toEqual(["old", true]);
    rmSync(path);
    mkdirSync(path);
    expect(takenBy(replace)).toBe("other");
    expect(readdirSync(folder).sort()).toEqual(["file", "target"]);
  });

  test("that cannot be written leaves nothing", () => {
    expect(() => writePrivateFile(join(folder, "missing", "file"), "x", { replace: false })).toThrow(/ENOENT/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("a file with new content keeps its mode, and so does the link to it", () => {
  const target = join(folder, "target");
  writeFileSync(target, "old");
  chmodSync(target, 0o640);
  symlinkSync(target, path);
  replaceFile(path, "new");
  expect([readFileSync(target, "utf8"), modeOf(target), lstatSync(path).isSymbolicLink()]).toEqual([
    "new",
    0o640,
    true,
  ]);
  expect(readdirSync(folder).sort()).toEqual(["file", "target"]);
  expect(() => replaceFile(join(folder, "missing"), "x")).toThrow(/ENOENT/);
});
