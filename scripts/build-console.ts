/** `npm run build:console`: writes the page to dist/console, and fails when it is larger than its budgets. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildConsole, type ConsoleSizes, consoleBudgets } from "./console/build.ts";
import { root } from "./licences.ts";

const { values } = parseArgs({ options: { outdir: { type: "string", default: join(root, "dist/console") } } });
const { files, sizes } = await buildConsole();
rmSync(values.outdir, { recursive: true, force: true });
mkdirSync(values.outdir, { recursive: true });
for (const [name, bytes] of files) writeFileSync(join(values.outdir, name), bytes);

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
const parts: readonly (keyof ConsoleSizes)[] = ["firstPage", "importPage", "style"];
const words = { firstPage: "first page", importPage: "import", style: "style" };
const shown = parts.map((part) => `${words[part]} ${kilobytes(sizes[part])} of ${kilobytes(consoleBudgets[part])}`);
process.stdout.write(`${values.outdir}: ${files.size} files; with gzip: ${shown.join(", ")}\n`);
if (parts.some((part) => sizes[part] > consoleBudgets[part])) {
  process.stderr.write("the page is larger than its budget: find what has grown before you raise it\n");
  process.exitCode = 1;
}
