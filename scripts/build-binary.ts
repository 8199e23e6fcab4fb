// Builds dist/oo (Windows: dist/oo.exe): `oo` as one executable with Node inside it, for the kind of machine that
// builds it. `--outfile` writes it elsewhere.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readPackage, root } from "./licences.ts";

const { platform } = process;
const standard = join(root, "dist", platform === "win32" ? "oo.exe" : "oo");
const { values } = parseArgs({ options: { outfile: { type: "string", default: standard } } });
const work = mkdtempSync(join(tmpdir(), "oo-binary-"));
try {
  const main = join(work, "oo.cjs");
  execFileSync(process.execPath, [join(root, "scripts/build-cli.ts"), "--outfile", main], { stdio: "ignore" });
  const settings = join(work, "settings.json");
  const options = {
    main,
    output: values.outfile,
    disableExperimentalSEAWarning: true,
    // Compiled code, which only this very Node can use: that is the one inside.
    useCodeCache: true,
    // Options for Node are for programs of Node, which this is not for who runs it.
    execArgvExtension: "none",
  };
  writeFileSync(settings, JSON.stringify(options));
  mkdirSync(dirname(values.outfile), { recursive: true });
  execFileSync(process.execPath, ["--build-sea", settings], { stdio: ["ignore", "ignore", "inherit"] });
  chmodSync(values.outfile, 0o755);
  // A changed executable has lost its signature, and macOS runs none without one.
  if (platform === "darwin") execFileSync("codesign", ["--sign", "-", "--force", values.outfile], { stdio: "inherit" });
} finally {
  rmSync(work, { recursive: true });
}
const size = Math.round(statSync(values.outfile).size / 1024 ** 2);
const { version } = readPackage(root);
process.stdout.write(
  `${values.outfile}: oo ${version} with Node ${process.version}, ${size} MiB, for ${platform} ${process.arch}\n`,
);
