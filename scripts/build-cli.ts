// Builds dist/oo.cjs: `oo` in one file that needs only Node. `--outfile` writes it elsewhere.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { licencesOf, readPackage, root } from "./licences.ts";

const { values } = parseArgs({ options: { outfile: { type: "string", default: join(root, "dist/oo.cjs") } } });
const { version, engines } = readPackage(root);
const leastNode = /\d+/.exec(engines?.node ?? "")?.[0];

/**
 * Does what bin/run and its flags do for a checkout. It refuses an older Node before that fails in some other way, and
 * hides warnings about experimental features from users. Without __proto__, a secret of that name is like any other.
 */
const start = `#!/usr/bin/env node
"use strict";
if (Number(process.versions.node.split(".")[0]) < ${leastNode}) {
  process.stderr.write("oo: error: Node ${leastNode} or newer is needed, and this is " + process.version + "\\n");
  process.stderr.write("oo: hint: install Node ${leastNode} or newer, and put it first on the PATH\\n");
  process.exit(1);
}
process.removeAllListeners("warning");
delete Object.prototype.__proto__;`;

const { outputFiles, metafile } = await build({
  entryPoints: ["src/cli/main.ts"],
  absWorkingDir: root,
  bundle: true,
  // With node_modules behind a link, as in a release, the names of modules do not depend on where that leads.
  preserveSymlinks: true,
  platform: "node",
  // A CommonJS file loads only what a command needs. An ES module loads all its imports first.
  format: "cjs",
  target: `node${leastNode}`,
  minify: true,
  legalComments: "none",
  banner: { js: start },
  define: { packageVersion: JSON.stringify(version) },
  write: false,
  metafile: true,
});
const text = `${outputFiles.map((file) => file.text).join("")}\n${licenceComment(Object.keys(metafile.inputs))}`;
mkdirSync(dirname(values.outfile), { recursive: true });
writeFileSync(values.outfile, text);
chmodSync(values.outfile, 0o755);
process.stdout.write(`${values.outfile}: oo ${version}, ${Math.round(text.length / 1024)} KiB\n`);

function licenceComment(inputs: readonly string[]): string {
  return `/*\n${licencesOf(inputs).replaceAll("*/", "* /")}*/\n`;
}
