import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const biome = join(root, "node_modules/.bin/biome");

function sourceFiles(): { path: string; text: string }[] {
  const entries = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") }));
}

// Who may import whom is a rule of the linter, in biome.json. Here imports that break it are planted in a copy.
const planted: readonly (readonly [file: string, imports: string])[] = [
  ["src/crypto/a.ts", "../audit/record.ts"],
  ["src/crypto/b.ts", "../secrets/error.ts"],
  ["src/crypto/c.ts", "../../gen/secret/v1/error_pb.ts"],
  ["src/crypto/d.ts", "../log.ts"],
  ["src/crypto/e.ts", "@connectrpc/connect"],
  ["src/audit/a.ts", "../store/store.ts"],
  ["src/audit/b.ts", "node:sqlite"],
  ["src/store/a.ts", "../secrets/key.ts"],
  ["src/store/sqlite/a.ts", "../../identity/caller.ts"],
  ["src/store/sqlite/b.ts", "../../secrets/access.ts"],
  ["src/store/sqlite/c.ts", "../../rpc/call.ts"],
  ["src/secrets/a.ts", "../identity/caller.ts"],
  ["src/secrets/b.ts", "../store/sqlite/open.ts"],
  ["src/secrets/c.ts", "node:sqlite"],
  ["src/secrets/i.ts", "mongodb"],
  ["src/http/d.ts", "mongodb"],
  ["src/store/mongo/a.ts", "../../identity/caller.ts"],
  ["src/secrets/d.ts", "@connectrpc/connect"],
  ["src/secrets/e.ts", "@bufbuild/protobuf"],
  ["src/secrets/f.ts", "../../gen/secret/v1/secret_service_pb.ts"],
  ["src/secrets/g.ts", "../config.ts"],
  ["src/secrets/h.ts", "@connectrpc/connect/protocol"],
  ["src/identity/a.ts", "../rpc/call.ts"],
  ["src/identity/b.ts", "../store/sqlite/open.ts"],
  ["src/identity/c.ts", "../../gen/secret/v1/identity_service_pb.ts"],
  ["src/identity/d.ts", "../server.ts"],
  ["src/identity/e.ts", "../backup/read-store.ts"],
  ["src/backup/a.ts", "../store/sqlite/open.ts"],
  ["src/backup/b.ts", "../http/server.ts"],
  ["src/backup/c.ts", "../open-store.ts"],
  ["src/rpc/a.ts", "../http/server.ts"],
  ["src/rpc/b.ts", "../store/sqlite/open.ts"],
  ["src/rpc/c.ts", "../cli/errors.ts"],
  ["src/http/a.ts", "../server.ts"],
  ["src/http/b.ts", "../store/sqlite/open.ts"],
  ["src/http/c.ts", "../cli/errors.ts"],
  ["src/http/e.ts", "../metrics/metrics.ts"],
  ["src/store/d.ts", "../metrics/metrics.ts"],
  ["src/metrics/a.ts", "../http/server.ts"],
  ["src/metrics/b.ts", "../store/sqlite/open.ts"],
  ["src/metrics/c.ts", "../../gen/secret/v1/secret_service_pb.ts"],
  ["src/cli/a.ts", "../secrets/access.ts"],
  ["src/cli/b.ts", "../crypto/keyring.ts"],
  ["src/cli/c.ts", "../server.ts"],
  ["src/cli/d.ts", "../config.ts"],
  ["src/cli/e.ts", "../crypto/sealing-key.ts"],
];

const permitted: readonly (readonly [file: string, imports: string])[] = [
  ["src/audit/ok.ts", "../crypto/canonical.ts"],
  ["src/store/sqlite/ok.ts", "../../secrets/limits.ts"],
  ["src/store/sqlite/ok2.ts", "node:sqlite"],
  ["src/store/mongo/ok.ts", "mongodb"],
  ["src/secrets/ok.ts", "../store/store.ts"],
  ["src/identity/ok.ts", "../secrets/access.ts"],
  ["src/backup/ok.ts", "../identity/rows.ts"],
  ["src/rpc/ok.ts", "../identity/caller.ts"],
  ["src/http/ok.ts", "../rpc/call.ts"],
  ["src/metrics/ok.ts", "../secrets/state.ts"],
  ["src/metrics/ok2.ts", "../store/store.ts"],
  ["src/cli/ok.ts", "../secrets/key.ts"],
  ["src/cli/ok2.ts", "../secrets/limits.ts"],
  ["src/cli/ok4.ts", "../crypto/sealed-value.ts"],
  ["src/cli/ok5.ts", "../crypto/checksum.ts"],
  ["src/cli/ok6.ts", "../secrets/state.ts"],
  ["src/cli/ok3.ts", "../../gen/secret/v1/secret_service_pb.ts"],
  ["src/server.ts", "./http/server.ts"],
];

/** The same import in each way of writing one. */
const forms: readonly ((from: string) => string)[] = [
  (from) => `import { a } from "${from}";\n\nexport const b = a;\n`,
  (from) => `import type { A } from "${from}";\n\nexport type B = A;\n`,
  (from) => `export { a } from "${from}";\n`,
  (from) => `export const a = import("${from}");\n`,
];

describe("lower folders never import upper ones", () => {
  const copy = mkdtempSync(join(tmpdir(), "secret-svc-lint-"));
  let flagged: ReadonlySet<string>;

  beforeAll(() => {
    copyFileSync(join(root, "biome.json"), join(copy, "biome.json"));
    for (const [file, imports] of [...planted, ...permitted]) {
      for (const [at, form] of forms.entries()) {
        const path = join(copy, at === 0 ? file : file.replace(/\.ts$/, `-${at}.ts`));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, form(imports));
      }
    }
    const { stdout } = spawnSync(biome, ["lint", "--reporter=json", "--max-diagnostics=none", "src"], { cwd: copy });
    const { diagnostics } = JSON.parse(stdout.toString()) as {
      diagnostics: { category: string; location: { path: string | { file: string } } }[];
    };
    flagged = new Set(
      diagnostics
        .filter(({ category }) => category === "lint/style/noRestrictedImports")
        .map(({ location: { path } }) => (typeof path === "string" ? path : path.file)),
    );
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  const variants = (file: string) => forms.map((_, at) => (at === 0 ? file : file.replace(/\.ts$/, `-${at}.ts`)));

  test.each(planted)("%s must not import %s", (file) => {
    expect(variants(file).filter((path) => !flagged.has(path))).toEqual([]);
  });

  test.each(permitted)("%s may import %s", (file) => {
    expect(variants(file).filter((path) => flagged.has(path))).toEqual([]);
  });

  test("every folder of src has a rule, and src keeps them", () => {
    const { overrides } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")) as {
      overrides: { includes: string[] }[];
    };
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const ruled = overrides.flatMap(({ includes }) => includes);
    expect(folders.map(({ name }) => `src/${name}/**`).filter((glob) => !ruled.includes(glob))).toEqual([]);
    execFileSync(biome, ["lint", "src"], { cwd: root, stdio: "pipe" });
  });
});

describe("ciphers", () => {
  test("are used by one file only, whatever way they are imported", () => {
    const words = /createCipher|createDecipher|webcrypto|\bsubtle\b|publicEncrypt|privateDecrypt/;
    const users = sourceFiles().filter(({ text }) => words.test(text));
    expect(users.map(({ path }) => path)).toEqual(["src/crypto/aead.ts"]);
  });
});

describe("the environment", () => {
  test("is read by the daemon's start and the command line only", () => {
    const readers = sourceFiles().filter(({ text }) => text.includes("process.env"));
    const others = readers.filter(({ path }) => path !== "src/main.ts" && !path.startsWith("src/cli/"));
    expect(others.map(({ path }) => path)).toEqual([]);
  });
});
