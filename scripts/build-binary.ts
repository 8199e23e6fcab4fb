// Builds dist/oo (Windows: dist/oo.exe): `oo` as one executable with Node inside it, for the kind of machine that
// builds it. `--outfile` writes it elsewhere. `--node FILE --for PLATFORM-ARCH` puts it into the executable of the same
// version of Node for any kind of machine; every build then has the same bytes.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readPackage, root } from "./licences.ts";

const here = `${process.platform}-${process.arch}`;
const standard = join(root, "dist", process.platform === "win32" ? "oo.exe" : "oo");
const { values } = parseArgs({
  options: {
    outfile: { type: "string", default: standard },
    node: { type: "string" },
    for: { type: "string", default: here },
  },
});
const work = mkdtempSync(join(tmpdir(), "oo-binary-"));
try {
  const main = join(work, "oo.cjs");
  execFileSync(process.execPath, [join(root, "scripts/build-cli.ts"), "--outfile", main], { stdio: "ignore" });
  const settings = join(work, "settings.json");
  const options = {
    // The executable holds this path: one with the name of a temporary folder would be another one in each build.
    main: basename(main),
    output: resolve(values.outfile),
    disableExperimentalSEAWarning: true,
    ...(values.node === undefined ? {} : { executable: resolve(values.node) }),
    // Compiled code, which only this very Node can use: that is the one inside. It differs from build to build.
    useCodeCache: values.node === undefined,
    // Options for Node are for programs of Node, which this is not for who runs it.
    execArgvExtension: "none",
  };
  writeFileSync(settings, JSON.stringify(options));
  mkdirSync(dirname(values.outfile), { recursive: true });
  execFileSync(process.execPath, ["--build-sea", settings], { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
  chmodSync(values.outfile, 0o755);
  // A changed executable has lost its signature, and macOS runs none without one. Other systems cannot sign it.
  if (process.platform === "darwin" && values.for.startsWith("darwin-"))
    execFileSync("codesign", ["--sign", "-", "--force", values.outfile], { stdio: "inherit" });
} finally {
  rmSync(work, { recursive: true });
}
const size = Math.round(statSync(values.outfile).size / 1024 ** 2);
const { version } = readPackage(root);
process.stdout.write(`${values.outfile}: oo ${version} with Node ${process.version}, ${size} MiB, for ${values.for}\n`);
