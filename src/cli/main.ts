import { createOutput } from "./output.ts";
import { readVersion } from "./version.ts";

const output = createOutput({ stdout: process.stdout, stderr: process.stderr, exit: (code) => process.exit(code) });
const args = process.argv.slice(2);

// Without loading the rest, which takes most of the time.
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  output.result(`${readVersion()}\n`);
} else {
  const { runProgram } = await import("./program.ts");
  process.exitCode = await runProgram(args, { output, env: process.env, now: Date.now });
}
