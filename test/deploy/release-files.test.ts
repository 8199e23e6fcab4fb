import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changesOf } from "../../scripts/release/changelog.ts";
import { machines } from "../../scripts/release/node-packages.ts";
import { signFile, writeSums } from "../../scripts/release/sums.ts";
import { type Entry, tarGz } from "../../scripts/release/tar.ts";
import { findVersions, setVersion, tablesWithout } from "../../scripts/release/versions.ts";
import { repository } from "../support/docs/markdown.ts";

// Parts of `npm run release`. test/programs/release makes a whole one.

const read = (file: string) => readFileSync(join(repository, file), "utf8");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const inFolder = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });

describe("an archive", () => {
  const deep = `${"folder/".repeat(20)}${"n".repeat(90)}`;
  const entries: readonly Entry[] = [
    { path: "z/file", kind: "file", mode: 0o755, content: Buffer.alloc(1000, "z") },
    { path: "z", kind: "folder", mode: 0o700, owner: 10001 },
    { path: "empty", kind: "file", mode: 0o644, content: Buffer.alloc(0) },
    { path: "link", kind: "link", mode: 0o777, target: "z/file" },
    { path: deep, kind: "file", mode: 0o600, content: Buffer.alloc(512, "d") },
  ];

  test("has what tar expects, all of one time", () => {
    writeFileSync(join(folder, "a.tar.gz"), tarGz(entries, 86_400));
    const listed = inFolder("tar", "--utc", "--numeric-owner", "-tvzf", "a.tar.gz").trim().split("\n");
    expect(listed.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "-rw-r--r-- 0/0 0 1970-01-02 00:00 empty",
      `-rw------- 0/0 512 1970-01-02 00:00 ${deep}`,
      "lrwxrwxrwx 0/0 0 1970-01-02 00:00 link -> z/file",
      "drwx------ 10001/10001 0 1970-01-02 00:00 z/",
      "-rwxr-xr-x 0/0 1000 1970-01-02 00:00 z/file",
    ]);
    inFolder("tar", "-xzf", "a.tar.gz", "z", "link");
    expect(readFileSync(join(folder, "link"), "utf8")).toBe("z".repeat(1000));
  });

  test("has the same bytes in whichever order its files come", () => {
    expect(tarGz(entries.toReversed(), 5)).toEqual(tarGz(entries, 5));
    expect(gunzipSync(tarGz(entries, 6))).not.toEqual(gunzipSync(tarGz(entries, 5)));
  });

  test.each(["n".repeat(101), `${"p".repeat(160)}/n`, `folder/${"n".repeat(101)}`])("has no cut path", (path) => {
    expect(() => tarGz([{ path, kind: "file", mode: 0o644 }], 0)).toThrow("too long for a tar archive");
  });
});

describe("SHA256SUMS", () => {
  const keyFile = () => join(folder, "../release-files.key");
  afterEach(() => rmSync(keyFile(), { force: true }));
  const writeKey = (type: "ed25519" | "x25519") =>
    writeFileSync(
      keyFile(),
      generateKeyPairSync(type as "ed25519").privateKey.export({ type: "pkcs8", format: "pem" }),
    );

  test("is what sha256sum and openssl check", () => {
    writeFileSync(join(folder, "b"), "b");
    writeFileSync(join(folder, "a"), "a");
    writeKey("ed25519");
    signFile(writeSums(folder), keyFile());
    expect(inFolder("sha256sum", "--check", "--strict", "SHA256SUMS")).toBe("a: OK\nb: OK\n");
    const verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "SHA256SUMS.pub", "-rawin", "-in", "SHA256SUMS"];
    const check = () => inFolder("openssl", ...verify, "-sigfile", "SHA256SUMS.sig");
    expect(check()).toContain("Signature Verified Successfully");
    writeFileSync(join(folder, "SHA256SUMS"), read("LICENSE"));
    expect(check).toThrow("Command failed");
  });

  test("is signed with an Ed25519 key only, and errors have nothing of a key", () => {
    const sums = writeSums(folder);
    for (const text of ["-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", "c2VjcmV0"]) {
      writeFileSync(keyFile(), text);
      expect(() => signFile(sums, keyFile())).toThrow(/^\S+ is not a private Ed25519 key in PEM$/);
    }
    writeKey("x25519");
    expect(() => signFile(sums, keyFile())).toThrow("is not a private Ed25519 key in PEM");
  });
});

test("the words of a tag are those of the version's section", () => {
  const changelog =
    "# Changelog\n\n## [2.0.0] - unreleased\n\n### Added\n\n- two\n\n## [1.0.0] - 2026-01-01\n\n- one\n";
  expect(changesOf(changelog, "2.0.0")).toBe("### Added\n\n- two");
  expect(changesOf(changelog, "1.0.0")).toBe("- one");
  expect(() => changesOf(changelog, "3.0.0")).toThrow("CHANGELOG.md has no section [3.0.0]");
});

test("oo is built for every machine that a checkout has a Node for, and for Windows", () => {
  const { optionalDependencies } = JSON.parse(read("scripts/runtime/package.json"));
  expect(machines.map((machine) => machine.package).sort()).toEqual(Object.keys(optionalDependencies).sort());
});

describe("the version", () => {
  const places = findVersions(repository);

  const tables = ["docs/upgrading.md", "docs/compatibility.md"];

  test("is the same in all packages and in the changelog, and has a row in the tables of versions", () => {
    const { version } = JSON.parse(read("package.json"));
    expect(places.filter(([, found]) => found !== version)).toEqual([]);
    expect(tablesWithout(repository, version)).toEqual([]);
    expect(tablesWithout(repository, "9.8.7")).toEqual(tables);
  });

  test("is set in all of them, or nowhere", () => {
    for (const file of [...places.map(([file]) => file), ...tables]) cpSync(join(repository, file), join(folder, file));
    setVersion(folder, "9.8.7");
    expect(tablesWithout(folder, "9.8.7")).toEqual([]);
    expect(new Set(findVersions(folder).map(([, found]) => found))).toEqual(new Set(["9.8.7"]));
    for (const [file] of places)
      expect(readFileSync(join(folder, file), "utf8").split("\n").length).toBe(read(file).split("\n").length);
    // A row of a version that is released stays.
    writeFileSync(join(folder, "CHANGELOG.md"), "## [9.9.0] - unreleased\n");
    writeFileSync(join(folder, "docs/upgrading.md"), "| 9.9.0 (not released yet) | a |\n| 9.8.7 (2026-12-01) | b |\n");
    setVersion(folder, "10.0.0");
    expect(readFileSync(join(folder, "docs/upgrading.md"), "utf8")).toBe(
      "| 10.0.0 (not released yet) | a |\n| 9.8.7 (2026-12-01) | b |\n",
    );
    setVersion(folder, "9.8.7");
    writeFileSync(join(folder, "CHANGELOG.md"), "## [9.8.7] - 2026-12-01\n");
    expect(() => setVersion(folder, "10.0.0")).toThrow("the newest version of CHANGELOG.md is released");
    writeFileSync(join(folder, "CHANGELOG.md"), "");
    expect(() => setVersion(folder, "10.0.0")).toThrow("there is no version in CHANGELOG.md");
    expect(() => setVersion(folder, "v10")).toThrow("not a version: v10");
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version).toBe("9.8.7");
  });
});
