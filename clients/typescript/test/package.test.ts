/** The package as it is published: made by `npm run build` before the tests. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

test("all that it exports is there", () => {
  const targets = JSON.stringify(manifest.exports).match(/\.\/dist\/[a-z0-9-]+\.(?:d\.ts|js)/g) ?? [];
  expect(targets).not.toEqual([]);
  expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
});

test("a page can be made of it, and nothing of Node gets into that", async () => {
  const bundle = await build({
    stdin: { contents: 'export { SecretClient } from "@secret-svc/client";', resolveDir: root },
    platform: "browser",
    // Not that of this folder, whose paths lead to the source.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const inputs = Object.keys(bundle.metafile.inputs);
  expect(inputs).toContainEqual(expect.stringMatching(/dist\/browser\.js$/));
  expect(inputs.filter((input) => /dist\/node\.js$|connect-node/.test(input))).toEqual([]);
});

test("what it imports is among its dependencies", async () => {
  const { metafile } = await build({
    entryPoints: ["node", "browser", "grpc-js", "v1"].map((name) => join(root, `dist/${name}.js`)),
    platform: "node",
    bundle: true,
    format: "esm",
    packages: "external",
    outdir: "unused",
    write: false,
    metafile: true,
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  // A program may lack an optional one, so it must not be imported at the start.
  const optional = Object.keys(manifest.peerDependenciesMeta);
  const packages = imported
    .filter(({ path, kind }) => !path.startsWith("node:") && !(kind === "dynamic-import" && optional.includes(path)))
    .map(({ path }) => path.match(/^(?:@[^/]+\/)?[^/]+/)?.[0]);
  expect(new Set(packages)).toEqual(new Set(Object.keys(manifest.dependencies)));
});

test.each([
  ["Node", [], true],
  ["a page", ["--customConditions", "browser"], false],
])("fault C15: types are those of the build for %s", (_where, conditions, hasDefaults) => {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-types-"));
  try {
    mkdirSync(join(folder, "node_modules/@secret-svc"), { recursive: true });
    symlinkSync(root, join(folder, "node_modules/@secret-svc/client"));
    const program = 'import { SecretClient } from "@secret-svc/client";\nexport const client = new SecretClient();\n';
    writeFileSync(join(folder, "program.ts"), program);
    const tsc = join(root, "../../node_modules/typescript/bin/tsc");
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--target",
      "es2024",
      "--module",
      "esnext",
      "--types",
      "",
    ];
    const args = [tsc, ...options, "--moduleResolution", "bundler", ...conditions, "program.ts"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(status === 0, stdout).toBe(hasDefaults);
    // Only a page has to name the service and the token.
    if (!hasDefaults) expect(stdout).toContain("Expected 2-3 arguments");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
