import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import type { TestProject } from "vitest/node";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, ".cache/store-threads");

/**
 * Global setup of vitest: puts the sources of a thread of the embedded store into one file, and `preload.js` has the
 * threads load it. They start some thousand times in a run, and loading 43 files was most of what a start took. The
 * name is made of the content: a run has the sources of its beginning. Where vitest watches the sources, threads load
 * those.
 */
export default function setup(project: TestProject): void {
  if (project.vitest.config.watch) return;
  const { outputFiles } = buildSync({
    entryPoints: [join(root, "src/store/sqlite/worker.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "esnext",
  });
  const text = outputFiles[0]?.text ?? "";
  const file = join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 16)}.js`);
  if (!existsSync(file)) writeAtOnce(file, text);
  process.env.TEST_STORE_THREAD = pathToFileURL(file).href;
}

function writeAtOnce(file: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, text);
  renameSync(own, file);
}
