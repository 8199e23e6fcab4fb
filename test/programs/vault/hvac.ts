import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Program } from "../../support/programs/program.ts";

/** A library of Python, so it has no command of its own. */
export const hvac: Program = {
  name: "hvac",
  version: "2.4.0",
  with: "python3",
  bin: "",
  install: async (folder) => {
    const options = ["install", "--quiet", "--disable-pip-version-check", "--target", folder, "hvac==2.4.0"];
    await promisify(execFile)("python3", ["-m", "pip", ...options], { timeout: 600_000 });
  },
};
