import { execFile } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Program } from "../../support/programs/program.ts";

const version = "2.4.0";

async function pip(...args: readonly string[]): Promise<void> {
  const [command = "", ...options] = args;
  const all = ["-m", "pip", command, "--quiet", "--disable-pip-version-check", ...options];
  await promisify(execFile)("python3", all, { timeout: 600_000 });
}

/** A library of Python, so it has no command of its own. */
export const hvac: Program = {
  name: "hvac",
  version,
  with: "python3",
  bin: "",
  install: (folder) => pip("install", "--target", folder, `hvac==${version}`),
};

/** Its `source`, which has its tests, and the `packages` that these need. */
export const hvacSource: Program = {
  name: "hvac-source",
  version,
  with: "python3",
  bin: "",
  install: async (folder) => {
    await pip("install", "--target", join(folder, "packages"), `hvac==${version}`, "parameterized==0.9.0");
    await pip("download", "--no-deps", "--no-binary", "hvac", "--dest", folder, `hvac==${version}`);
    const archive = readdirSync(folder).find((name) => name.endsWith(".tar.gz")) ?? "";
    mkdirSync(join(folder, "source"));
    const unpack = ["-xzf", join(folder, archive), "-C", join(folder, "source"), "--strip-components=1"];
    await promisify(execFile)("tar", unpack);
  },
};
