import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/**
 * Lints files that are planted in a copy of the page's folder. Returns those with an error of the given rules, in
 * order.
 */
export function lintPlanted(files: ReadonlyMap<string, string>, rules: RegExp): readonly string[] {
  const copy = mkdtempSync(join(tmpdir(), "planted-"));
  try {
    for (const file of ["biome.json", "console/no-markup.grit"]) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      copyFileSync(join(root, file), join(copy, file));
    }
    for (const [file, text] of files) writeFileSync(join(copy, file), text);
    const biome = join(root, "node_modules/.bin/biome");
    const { stdout } = spawnSync(biome, ["lint", "--reporter=json", "--max-diagnostics=none", "console"], {
      cwd: copy,
    });
    const { diagnostics } = JSON.parse(stdout.toString()) as {
      diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
    };
    const flagged = diagnostics
      .filter(({ category, severity }) => severity === "error" && rules.test(category))
      .map(({ location: { path } }) => (typeof path === "string" ? path : path.file));
    return [...new Set(flagged)].sort();
  } finally {
    rmSync(copy, { recursive: true });
  }
}
