import { PassThrough } from "node:stream";
import { createOutput } from "../../../src/cli/print/output.ts";
import { runProgram } from "../../../src/cli/program.ts";
import type { CliService } from "./service.ts";

/** What `oo` prints as the admin of a service, on a terminal of this width. */
export async function printedOnTerminal({ server }: CliService, columns: number, ...args: string[]): Promise<string> {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns });
  const output = createOutput({ stdout, stderr: new PassThrough(), exit: () => undefined, mayColour: true });
  const env = { OO_URL: server.url, OO_TOKEN: server.adminToken };
  await runProgram({ args, output, stdin: () => new PassThrough(), env, now: Date.now });
  return String(stdout.read() ?? "");
}
