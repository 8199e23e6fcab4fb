import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Machine, machines, nodeFor } from "./node-packages.ts";
import { run } from "./run.ts";
import type { Source } from "./source.ts";
import { tarGz } from "./tar.ts";

/** An archive for each kind of machine: `oo` in one file, our licence, and that of the Node inside. */
export function packSingleFiles(source: Source, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const machine of machines) {
    const work = mkdtempSync(join(tmpdir(), "release-oo-"));
    try {
      writeFileSync(join(to, `oo-${source.version}-${machine.name}.tar.gz`), archiveFor(machine, source, work));
    } finally {
      rmSync(work, { recursive: true });
    }
  }
}

function archiveFor(machine: Machine, source: Source, work: string): Buffer {
  const node = nodeFor(machine, source, work);
  const name = machine.name.startsWith("win-") ? "oo.exe" : "oo";
  const executable = ["--node", join(node, machine.executable), "--for", machine.name];
  run(process.execPath, ["scripts/build-binary.ts", ...executable, "--outfile", join(work, name)], {
    cwd: source.folder,
  });
  const entry = (path: string, mode: number, file: string) =>
    ({ path, kind: "file", mode, content: readFileSync(file) }) as const;
  const entries = [
    entry(name, 0o755, join(work, name)),
    entry("LICENSE", 0o644, join(source.folder, "LICENSE")),
    entry("LICENSE-node", 0o644, join(node, "LICENSE")),
  ];
  return tarGz(entries, source.seconds);
}
