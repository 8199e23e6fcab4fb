import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorMap } from "node:util";
import { expect, test } from "vitest";
import { systemReason, wordsOf } from "../../src/cli/formats/system-reason.ts";
import { UnreadableFileError } from "../../src/files/read-bounded.ts";
import { runOo } from "../support/cli/run-oo.ts";

const failed = (code: string) => Object.assign(new Error(`${code}: failed`), { code });

test("every code of the system has plain words", () => {
  for (const [code] of getSystemErrorMap().values()) {
    expect(wordsOf(code), code).not.toContain(code);
    expect(systemReason(new Error("outer", { cause: failed(code) }))).toBe(wordsOf(code));
  }
  expect(systemReason(failed("CERT_HAS_EXPIRED"))).toBe("its certificate has expired");
});

test("an error of this program is its message, and any other says that it is unknown", () => {
  expect(systemReason(new UnreadableFileError("not-regular", "EISDIR"))).toBe("it is a folder");
  expect(systemReason(new UnreadableFileError("not-regular", "it is not a regular file"))).toBe(
    "it is not a regular file",
  );
  expect(systemReason(new Error("may hold a value"))).toBe("unknown error");
  expect(systemReason(failed("OF_THE_NEXT_VERSION"))).toBe("OF_THE_NEXT_VERSION");
  expect(systemReason(failed("constructor"))).toBe("constructor");
});

const missing = "/none/at/all";

test.each([
  [["secret", "save", "A", "--file", missing]],
  [["secret", "save", "A", "--file", "/dev"]],
  [["secret", "encrypt", "A", "v", "--sealing-key", missing]],
  [["secret", "list", "--token-file", missing]],
  [["secret", "list", "--token-file", "/dev"]],
  [["audit", "verify", "--head", missing]],
  [["secret", "import", missing]],
])("%j shows no code", async (args) => {
  const { code, stderr } = await runOo(args, { env: { OO_URL: "http://127.0.0.1:1", OO_TOKEN: "oo_x" } });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/no such file|there is no file|is a folder/);
  expect(stderr).not.toMatch(/\bE[A-Z]{3,}\b/);
});

test("no message of oo is made from a code itself", () => {
  const folder = join(import.meta.dirname, "../../src/cli");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    expect(text, file).not.toContain("whyUnreadable");
    // The name of an internal error is for its report.
    if (file !== "program.ts") expect(text, file).not.toMatch(/\$\{(systemCode\(|error\.code)/);
  }
});
