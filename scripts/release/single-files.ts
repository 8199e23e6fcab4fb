import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, machines, nodeFor, nodeLicence } from "./node-packages.ts";
import { run } from "./run.ts";
import type { Source } from "./source.ts";
import { type Entry, tarGz } from "./tar.ts";

/** An archive for each kind of machine: `oo` in one file, our licence, and that of the Node inside. */
export function packSingleFiles(source: Source, to: string): void {
  const file = (path: string, content: Buffer): Entry => ({ path, kind: "file", mode: 0o644, content });
  const licences = [
    file("LICENSE", readFileSync(join(source.folder, "LICENSE"))),
    file("LICENSE-node", nodeLicence(source)),
  ];
  for (const machine of machines) {
    const archive = tarGz([singleFile(machine, source), ...licences], source.seconds);
    writeFileSync(join(to, `oo-${source.version}-${machine.name}.tar.gz`), archive);
  }
}

function singleFile(machine: Machine, source: Source): Entry {
  const work = join(source.work, `oo-${machine.name}`);
  mkdirSync(work);
  try {
    const path = machine.name.startsWith("win-") ? "oo.exe" : "oo";
    const node = join(nodeFor(machine, source, work), machine.executable);
    const options = ["--node", node, "--for", machine.name, "--outfile", join(work, path)];
    run(process.execPath, ["scripts/build-binary.ts", ...options], { cwd: source.folder });
    return { path, kind: "file", mode: 0o755, content: readFileSync(join(work, path)) };
  } finally {
    rmSync(work, { recursive: true });
  }
}
