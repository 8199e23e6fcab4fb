import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";
import type { Component } from "./sbom.ts";
import type { Entry } from "./tar.ts";

/** A kind of machine, as Debian and images call it. */
export interface Architecture {
  readonly debian: "amd64" | "arm64";
  /** The loader of programs, where the executables expect it. */
  readonly loader: string;
  /** The folder in which it looks for libraries. */
  readonly libraries: string;
}

export const amd64: Architecture = {
  debian: "amd64",
  loader: "lib64/ld-linux-x86-64.so.2",
  libraries: "lib/x86_64-linux-gnu",
};
export const arm64: Architecture = {
  debian: "arm64",
  loader: "lib/ld-linux-aarch64.so.1",
  libraries: "lib/aarch64-linux-gnu",
};

/** What Node is linked to, by the package of Debian that has it. */
const packages: Readonly<Record<string, readonly string[]>> = {
  libc6: ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0"],
  "libgcc-s1": ["libgcc_s.so.1"],
  "libstdc++6": ["libstdc++.so.6"],
  libatomic1: ["libatomic.so.1"],
};

export interface Libraries {
  readonly entries: readonly Entry[];
  readonly components: readonly Component[];
}

/** The shared libraries that Node needs, from this machine's sources of Debian packages, for any kind of machine. */
export function librariesFor(architecture: Architecture, work: string): Libraries {
  const folder = join(work, `debian-${architecture.debian}`);
  const root = join(folder, "root");
  for (const part of ["lists/partial", "archives/partial"]) mkdirSync(join(folder, part), { recursive: true });
  const apt = aptFor(architecture, folder);
  apt("update");
  apt("download", ...Object.keys(packages));
  // The licence of the libraries of GCC is in a package that has the version in its name.
  const field = (archive: string, name: string) => run("dpkg-deb", ["--field", archive, name], { cwd: folder }).trim();
  const [gcc = ""] = globSync("libgcc-s1_*.deb", { cwd: folder });
  apt("download", /gcc-\d+-base/.exec(field(gcc, "Depends"))?.[0] ?? "gcc-base");
  const archives = globSync("*.deb", { cwd: folder }).sort();
  for (const archive of archives) run("dpkg-deb", ["--extract", archive, root], { cwd: folder });

  const file = (path: string, from: string, mode: number): Entry => {
    const [found] = globSync(from, { cwd: root });
    if (found === undefined) throw new Error(`Debian's packages have no ${from}`);
    return { path, kind: "file", mode, content: readFileSync(join(root, found)) };
  };
  const library = (name: string) => file(`${architecture.libraries}/${name}`, `{usr/,}lib/*-linux-gnu/${name}`, 0o644);
  const loader = architecture.loader.slice(architecture.loader.lastIndexOf("/") + 1);
  return {
    entries: [
      ...Object.values(packages).flat().map(library),
      file(architecture.loader, `{usr/,}lib/*-linux-gnu/${loader}`, 0o755),
      ...globSync("usr/share/doc/*/copyright", { cwd: root }).map((path) => file(path, path, 0o644)),
    ],
    components: archives.map((archive) =>
      componentOf(field(archive, "Package"), field(archive, "Version"), architecture),
    ),
  };
}

/** apt-get with a state of its own: nothing is installed, and the lists of this machine stay as they are. */
function aptFor({ debian }: Architecture, folder: string) {
  const status = join(folder, "status");
  writeFileSync(status, "");
  const settings = {
    "APT::Architecture": debian,
    "APT::Architectures": debian,
    "APT::Sandbox::User": "root",
    "Dir::State": folder,
    "Dir::State::status": status,
    "Dir::Cache": folder,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return (...args: readonly string[]) => run("apt-get", [...options, "--quiet", ...args], { cwd: folder });
}

function componentOf(name: string, version: string, { debian }: Architecture): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${debian}`;
  return { type: "library", "bom-ref": purl, name, version, purl };
}
