import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Typed {
  /** What the program wrote to its standard output, which is not the terminal. */
  readonly stdout: string;
  /** What the terminal showed. */
  readonly shown: string;
}

interface Session {
  /** Typing starts when this is shown. */
  readonly prompt: string;
  /** Several are typed one after the other, each when the prompt is shown once more. */
  readonly keys: string | readonly string[];
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const script = fileURLToPath(new URL("./pseudo-terminal.py", import.meta.url));

/** Pseudo-terminals need Python here. */
export const hasPseudoTerminals = spawnSync("python3", ["--version"]).status === 0;

/** Runs a program on a new terminal, with standard input and standard error there, and types on it. */
export async function typeOnTerminal({ prompt, keys, program, args, env = {} }: Session): Promise<Typed> {
  const inHex = [keys].flat().map((each) => Buffer.from(each).toString("hex"));
  const { stdout, stderr } = await promisify(execFile)("python3", [script, prompt, inHex.join(","), program, ...args], {
    // Only for what never ends: nothing of it depends on how busy the machine is.
    timeout: 100_000,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
  });
  if (stdout === "") throw new Error(`the program did not end: ${stderr}`);
  return JSON.parse(stdout) as Typed;
}
