import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../test/support/cli/run-process.ts";
import { startServer } from "../../test/support/server-process.ts";

/** A command as its reader types it, and what it printed. */
export interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

/** Run before, and not shown in the picture. */
const preparation = "oo user save payment-svc --role backend";

const commands = [
  "oo secret save DATABASE_URL postgresql://app:s3cret@db/app --readers backend",
  "oo secret list",
  "oo secret who-can read DATABASE_URL",
  `oo secret run --only DATABASE_URL -- sh -c 'echo "$\{#DATABASE_URL} characters"'`,
  "oo audit list --key DATABASE_URL",
];

/** One fixed time, so that the picture changes only when the output does. */
const time = "2026-01-31T12:00:00Z";

/** Runs the commands against a service that is started for them. Throws when one fails. */
export async function recordTerminal(): Promise<readonly Shown[]> {
  const server = await startServer();
  const folder = mkdtempSync(join(tmpdir(), "picture-"));
  const programs = new URL("../../bin", import.meta.url).pathname;
  const env = { PATH: `${programs}:${process.env.PATH ?? ""}`, OO_URL: server.url, OO_TOKEN: server.adminToken };
  const run = async (command: string): Promise<Shown> => {
    const { code, stdout, stderr } = await runProgram("bash", ["--norc", "-c", command], { env, cwd: folder });
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
    const printed = `${stdout}${stderr}`.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, time);
    return { command, output: printed.trimEnd().split("\n") };
  };
  try {
    await run(preparation);
    const shown: Shown[] = [];
    for (const command of commands) shown.push(await run(command));
    return shown;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}
