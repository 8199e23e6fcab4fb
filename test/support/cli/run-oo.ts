import { Readable, Writable } from "node:stream";
import { createOutput, wantsColour } from "../../../src/cli/print/output.ts";
import { runProgram } from "../../../src/cli/program.ts";
import type { Run, RunOptions } from "./run.ts";
import { inFolder } from "./working-folder.ts";

/**
 * Runs `oo` in this process and waits for its end: the program as it is, with streams, environment and folder of its
 * own. For what only a process shows (signals, terminals, other programs, the launcher) there is `runOoProcess`.
 */
export function runOo(
  args: readonly string[],
  { env = {}, input = "", cwd, isWatched = false }: RunOptions = {},
): Promise<Run> {
  if (args[0] === "secret" && args[1] === "run" && args.includes("--"))
    throw new Error("its command needs the streams of a process");
  const environment = { PATH: process.env.PATH ?? "", ...env };
  const stdout = collect();
  const stderr = collect(isWatched);
  const output = createOutput({
    stdout: stdout.stream,
    stderr: stderr.stream,
    exit: (code) => {
      throw new Error(`oo ended with ${code} because it could not write`);
    },
    mayColour: wantsColour(environment),
  });
  const bytes = Buffer.from(input);
  const cli = {
    args,
    output,
    stdin: () => Readable.from(bytes.length === 0 ? [] : [bytes]),
    env: environment,
    now: Date.now,
  };
  return inFolder(cwd, async () => {
    const code = await runProgram(cli);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  });
}

function collect(isTTY = false) {
  const chunks: Buffer[] = [];
  const stream: Writable & { isTTY?: boolean } = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
  if (isTTY) stream.isTTY = true;
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
