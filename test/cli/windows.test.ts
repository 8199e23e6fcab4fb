import { posix, win32 } from "node:path";
import { describe, expect, test } from "vitest";
import { executableOnPath, systemProgram } from "../../src/cli/frame/windows.ts";
import { within } from "../../src/cli/git/install-hook.ts";
import { wantsColour } from "../../src/cli/print/output.ts";
import { layVariables } from "../../src/cli/run/choose-names.ts";
import { environmentOf } from "../../src/cli/run/environment.ts";
import { startError } from "../../src/cli/run/find-program.ts";
import { loaderOf } from "../../src/cli/run/loader-names.ts";
import { parseMount, parseTemplate } from "../../src/cli/run/private-files.ts";
import { findNameObstacles, type Variable } from "../../src/cli/run/variables.ts";

describe("paths of Windows", () => {
  test.each([
    ["app.tmpl:C:\\run\\app.conf", { source: "app.tmpl", file: "C:\\run\\app.conf" }],
    ["C:\\t\\app.tmpl:D:/app.conf", { source: "C:\\t\\app.tmpl", file: "D:/app.conf" }],
    ["C:\\t\\app.tmpl:app.conf", { source: "C:\\t\\app.tmpl", file: "app.conf" }],
  ])("--template %s", (text, expected) => {
    expect(parseTemplate(text, win32)).toEqual(expected);
  });

  test("--mount takes a drive, and no path that depends on the folder", () => {
    const mount = { name: "CERT", key: "tls/CERT", file: "C:\\tmp\\cert.p12" };
    expect(parseMount("CERT=tls/CERT:C:\\tmp\\cert.p12", win32)).toEqual(mount);
    for (const file of ["sub\\cert.p12", "..\\cert.p12", "sub/cert.p12"])
      expect(() => parseMount(`CERT=tls/CERT:${file}`, win32)).toThrow("must be a plain name");
  });

  test("what git gets has '/'", () => {
    expect(within("deploy/", "secrets\\prod", win32)).toBe("deploy/secrets/prod");
    expect(within("deploy/", "..\\secrets\\", win32)).toBe("secrets/");
    for (const path of ["C:\\secrets", "..\\..\\secrets", "/secrets"])
      expect(() => within("deploy/", path, win32)).toThrow("must be a path within the repository");
  });
});

test("elsewhere a backslash and a letter before a colon are plain characters", () => {
  expect(parseTemplate("app.tmpl:a:/run/app.conf", posix)).toEqual({ source: "app.tmpl:a", file: "/run/app.conf" });
  expect(parseMount("CERT=tls/CERT:a\\b", posix)).toEqual({ name: "CERT", key: "tls/CERT", file: "a\\b" });
  expect(within("", "a\\b", posix)).toBe("a\\b");
});

const variable = (key: string, value = "v"): Variable => ({ key, name: key.slice(key.lastIndexOf("/") + 1), value });

describe("variables of Windows, which have no upper and lower case", () => {
  const names = { allowed: new Set<string>() };

  test("fault D11: no spelling of a name that changes what programs load passes", () => {
    for (const name of [
      "Path",
      "node_options",
      "Http_Proxy",
      "Npm_Config_Registry",
      "ComSpec",
      "CommonProgramFiles(x86)",
    ])
      expect(loaderOf(name, "win32"), name).toBeDefined();
    for (const name of ["Path", "node_options", "Http_Proxy"]) expect(loaderOf(name, "linux"), name).toBeUndefined();
    expect(loaderOf("ONCE", "win32")).toBeUndefined();
  });

  test("two keys that would be one variable are refused; of two namespaces the later one wins", () => {
    const two = [variable("a/url"), variable("a/URL")];
    expect(findNameObstacles(two, names, "win32")).toEqual([
      { key: "a/URL", reason: "has the name URL, and so has a/url" },
    ]);
    expect(findNameObstacles(two, names, "linux")).toEqual([]);
    const hints: string[] = [];
    const laid = layVariables(
      [[variable("a/url")], [variable("b/URL")]],
      [],
      { hint: (text) => hints.push(text) },
      "win32",
    );
    expect(laid.map(({ key }) => key)).toEqual(["b/URL"]);
    expect(hints).toEqual(["URL is b/URL, not a/url"]);
  });

  test("a secret takes the place of a variable, and the token is removed, in any spelling", () => {
    const own = { oo_token: "oo_secret", Path: "C:\\bin", Db: "old" };
    const env = environmentOf(own, ["OO_TOKEN"], [variable("a/DB", "new"), variable("a/db", "newer")], "win32");
    expect(env).toEqual({ Path: "C:\\bin", db: "newer" });
    expect(environmentOf(own, ["OO_TOKEN"], [variable("a/DB", "new")], "linux")).toEqual({ ...own, DB: "new" });
  });
});

describe("programs of Windows", () => {
  const own =
    (...paths: string[]) =>
    (path: string) =>
      paths.includes(path);

  test("are never taken from the current folder", () => {
    const env = { Path: '.;;bin;"C:\\Program Files\\Git\\cmd";C:\\Windows\\System32' };
    const git = "C:\\Program Files\\Git\\cmd\\git.exe";
    expect(executableOnPath("git", env, own("git.exe", ".\\git.exe", "bin\\git.exe", git))).toBe(git);
    expect(executableOnPath("git", env, own("git.exe", "bin\\git.exe"))).toBeUndefined();
    expect(executableOnPath("NODE.EXE", { PATH: "D:\\n" }, own("D:\\n\\NODE.EXE"))).toBe("D:\\n\\NODE.EXE");
    expect(executableOnPath("git", {}, () => true)).toBeUndefined();
    expect(systemProgram("System32\\notepad.exe", { SystemRoot: "D:\\Windows" })).toBe(
      "D:\\Windows\\System32\\notepad.exe",
    );
  });

  test("are executables: an error says how a script is started", () => {
    for (const code of ["ENOENT", "EINVAL"]) {
      expect(startError("npm", code, "win32").hints).toEqual([
        "a script, such as npm.cmd, needs its shell: -- cmd /c npm",
      ]);
      expect(startError("npm", code, "linux").hints).toEqual([]);
    }
  });

  test("a terminal has colours without TERM", () => {
    expect(wantsColour({}, "win32")).toBe(true);
    expect(wantsColour({ TERM: "dumb" }, "win32")).toBe(false);
    expect(wantsColour({ NO_COLOR: "1" }, "win32")).toBe(false);
    expect(wantsColour({}, "linux")).toBe(false);
  });
});
