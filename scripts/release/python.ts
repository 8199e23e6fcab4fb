import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../licences.ts";
import { entriesOf } from "./folder-entries.ts";
import { run } from "./run.ts";
import type { Source } from "./source.ts";
import { tarGz } from "./tar.ts";

/** What builds the packages: another version may write other bytes. */
const setuptools = "80.9.0";

/** The wheel and the source distribution of the client for Python. */
export function packPython(source: Source, to: string): void {
  const built = join(source.work, "python");
  mkdirSync(built);
  const cwd = join(source.folder, "clients/python");
  const build = `from setuptools import build_meta as m; [make(${JSON.stringify(built)}) for make in (m.build_wheel, m.build_sdist)]`;
  run(findPython(), ["-c", build], { cwd, env: { SOURCE_DATE_EPOCH: String(source.seconds) } });
  for (const name of readdirSync(built)) {
    if (name.endsWith(".tar.gz")) repack(join(built, name), source.seconds);
    copyFileSync(join(built, name), join(to, name));
  }
}

/** setuptools gives each file of a source distribution the time and the owner that it has on the disk. */
function repack(archive: string, seconds: number): void {
  const work = `${archive}.unpacked`;
  mkdirSync(work);
  run("tar", ["-xzf", archive, "-C", work], { cwd: work });
  writeFileSync(archive, tarGz(entriesOf(work), seconds));
  rmSync(work, { recursive: true });
}

/** A Python with the setuptools above, made once. */
function findPython(): string {
  const folder = join(root, `.cache/release/setuptools-${setuptools}`);
  const python = join(folder, "bin/python");
  const done = join(folder, "done");
  if (existsSync(done)) return python;
  mkdirSync(folder, { recursive: true });
  run("python3", ["-m", "venv", "--clear", folder], { cwd: root });
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `setuptools==${setuptools}`], {
    cwd: root,
  });
  writeFileSync(done, "");
  return python;
}
