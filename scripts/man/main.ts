// Writes the manual of `oo` to dist/man: a page for each command. `--out` writes it elsewhere.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readVersion } from "../../src/cli/frame/version.ts";
import { createOutput } from "../../src/cli/print/output.ts";
import { createProgram } from "../../src/cli/program.ts";
import { manPages } from "./page.ts";

const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "dist/man") } } });
const { stdout, stderr } = process;
const output = createOutput({ stdout, stderr, exit: (code) => process.exit(code), mayColour: false });
const program = createProgram({ args: [], output, stdin: () => process.stdin, env: {}, now: Date.now });
mkdirSync(values.out, { recursive: true });
const pages = manPages(program, readVersion());
for (const { file, text } of pages) writeFileSync(join(values.out, file), text);
stdout.write(`${values.out}: ${pages.length} pages\n`);
