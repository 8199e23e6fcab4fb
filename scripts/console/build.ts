import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile, stop } from "esbuild";
import { licencesOf, root } from "../licences.ts";

/** The page as files, and what they weigh. */
export interface BuiltConsole {
  /** `index.html`, scripts and the style with a hash in their names, and the licences of what is bundled. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly sizes: ConsoleSizes;
}

/** In bytes, compressed with gzip as any server could. */
export interface ConsoleSizes {
  /** Scripts that the first screen needs. */
  readonly firstPage: number;
  /** What only the import needs: mostly the reader of YAML. */
  readonly importPage: number;
  readonly style: number;
}

/** A page that is slow to load on a phone is not used in an incident. */
export const consoleBudgets: ConsoleSizes = { firstPage: 80_000, importPage: 23_000, style: 8_000 };

/**
 * Bundles `console/` with esbuild, and stops the program of esbuild: it would use memory for as long as the service
 * runs.
 */
export async function buildConsole(): Promise<BuiltConsole> {
  const result = await build({
    entryPoints: ["console/main.tsx", "console/app.css"],
    absWorkingDir: root,
    tsconfig: "console/tsconfig.json",
    outdir: "dist/console",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    // With node_modules behind a link, as in a release, the names of modules do not depend on where that leads.
    preserveSymlinks: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    write: false,
    metafile: true,
    logLevel: "silent",
  }).finally(stop);
  const files = new Map<string, Uint8Array>(result.outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const first = firstScripts(result.metafile);
  const style = [...files.keys()].find((name) => name.endsWith(".css")) ?? "";
  files.set("index.html", Buffer.from(page(first, style)));
  files.set("licences.txt", Buffer.from(licencesOf(Object.keys(result.metafile.inputs))));
  const weigh = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + gzipSync(files.get(name) ?? new Uint8Array()).length, 0);
  const elsewhere = new Set([...first, ...reachedFrom(result.metafile, "console/screens/secret.tsx")]);
  const onlyImport = reachedFrom(result.metafile, "console/screens/import.tsx").filter((name) => !elsewhere.has(name));
  return { files, sizes: { firstPage: weigh(first), importPage: weigh(onlyImport), style: weigh([style]) } };
}

/**
 * The scripts of the first screen: the entry and what it imports, but nothing that is loaded later. The entry is first.
 */
function firstScripts(metafile: Metafile): readonly string[] {
  return reachedFrom(metafile, "console/main.tsx");
}

function reachedFrom({ outputs }: Metafile, entryPoint: string): readonly string[] {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entryPoint);
  const found: string[] = [];
  const add = (path: string) => {
    if (found.includes(path)) return;
    found.push(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) if (kind === "import-statement") add(imported);
  };
  if (entry !== undefined) add(entry);
  return found.map((path) => basename(path));
}

/** `console/index.html` with the names of the files in it. */
function page(scripts: readonly string[], style: string): string {
  const [entry = "", ...others] = scripts;
  const links = [
    `<link rel="stylesheet" href="${style}">`,
    ...others.map((name) => `<link rel="modulepreload" href="${name}">`),
    `<script type="module" src="${entry}"></script>`,
  ];
  return readFileSync(join(root, "console/index.html"), "utf8").replace("<!-- files -->", links.join("\n    "));
}
