/** `npm run release`: everything that is published of a version, into dist/release. docs/releasing.md describes it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../licences.ts";
import { writeSbom } from "./bill-of-materials.ts";
import { changesOf } from "./changelog.ts";
import { packChart } from "./chart.ts";
import { packImage } from "./image.ts";
import { packJava } from "./java.ts";
import { packNpm } from "./npm-packages.ts";
import { packPython } from "./python.ts";
import { packSingleFiles } from "./single-files.ts";
import { type Source, takeSource } from "./source.ts";
import { signFile, writeSums } from "./sums.ts";
import { isUnreleased } from "./versions.ts";

/** What makes the files. All of them are in one folder, so no name is given twice. */
const parts: Readonly<Record<string, (source: Source, to: string) => void>> = {
  npm: packNpm,
  oo: packSingleFiles,
  python: packPython,
  java: packJava,
  image: packImage,
  chart: packChart,
  sbom: writeSbom,
};

const usage = `Usage: npm run release -- [--key FILE] [--only PART…] [--outdir FOLDER]

Makes what is published of the version in package.json, from the last commit, into dist/release.

  --key FILE       sign SHA256SUMS with this Ed25519 key (PEM), or the one in the file that RELEASE_KEY_FILE names
  --only PART      only this part; may be repeated: ${Object.keys(parts).join(", ")}
  --outdir FOLDER  write there; what is there is removed
  --help           show this
`;

const { values } = parseArgs({
  options: {
    key: { type: "string" },
    only: { type: "string", multiple: true, default: Object.keys(parts) },
    outdir: { type: "string", default: join(root, "dist/release") },
    help: { type: "boolean" },
  },
});

if (values.help === true) process.stdout.write(usage);
else {
  try {
    release(values.only, resolve(values.outdir), values.key ?? process.env.RELEASE_KEY_FILE);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

function release(chosen: readonly string[], outdir: string, key: string | undefined): void {
  const unknown = chosen.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(", ")}`);
  using source = takeSource();
  const { version, commit, isDirty } = source;
  say(`secret-svc ${version}, commit ${commit}`);
  if (isUnreleased(source.folder)) say("its section in CHANGELOG.md has no date yet");
  if (isDirty) say("changes that are not committed are not in it");
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  for (const [name, make] of Object.entries(parts)) {
    if (!chosen.includes(name)) continue;
    const begun = Date.now();
    make(source, outdir);
    say(`${name}: ${Math.round((Date.now() - begun) / 1000)} s`);
  }
  const changes = changesOf(readFileSync(join(source.folder, "CHANGELOG.md"), "utf8"), version);
  writeFileSync(join(outdir, "tag.txt"), `secret-svc ${version}\n\n${changes}\n`);
  const sums = writeSums(outdir);
  if (key === undefined) say("not signed: no --key, and no RELEASE_KEY_FILE");
  else signFile(sums, key);
  say(`${sums}\n${readFileSync(sums, "utf8").trimEnd()}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
