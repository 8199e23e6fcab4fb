import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compileCache } from "../compile-cache.ts";

export { hasPseudoTerminals } from "./pseudo-terminal.ts";

const script = fileURLToPath(new URL("./hung-up.py", import.meta.url));
const service = fileURLToPath(new URL("../../../bin/secret-svc", import.meta.url));

/** Starts the service on a terminal, closes the terminal, and waits for its end. */
export async function runUntilHungUp(dataDir: string): Promise<{ code: number; dataFiles: readonly string[] }> {
  const args = ["Try it from another terminal", service, "serve", "--listen", "127.0.0.1:0", "--data-dir", dataDir];
  const { stdout } = await promisify(execFile)("python3", [script, ...args], {
    env: { PATH: process.env.PATH ?? "", ...compileCache },
    timeout: 100_000,
  });
  return { code: Number(stdout), dataFiles: readdirSync(dataDir) };
}
