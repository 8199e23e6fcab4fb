import { readVersion } from "./frame/version.ts";
import { createOutput, wantsColour, wantsProgress } from "./print/output.ts";

const { stdout, stderr, env } = process;
const exit = (code: number) => process.exit(code);
const output = createOutput({ stdout, stderr, exit, mayColour: wantsColour(env), mayProgress: wantsProgress(env) });
const args = process.argv.slice(2);

// Loading the rest takes most of the time, and the version does not need it.
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) output.result(`${readVersion()}\n`);
else void run();

/** A function, because the single file is a CommonJS module, which has no top-level await. */
async function run(): Promise<void> {
  const { runProgram } = await import("./program.ts");
  process.exitCode = await runProgram({ args, output, stdin: () => process.stdin, env, now: Date.now });
}
