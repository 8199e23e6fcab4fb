import { posix, win32 } from "node:path";
import { describe, expect, test } from "vitest";
import { within } from "../../src/cli/git/install-hook.ts";
import { parseMount, parseTemplate } from "../../src/cli/run/private-files.ts";

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
