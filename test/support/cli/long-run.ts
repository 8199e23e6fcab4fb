import { type ChildProcess, spawn } from "node:child_process";

/** A program that goes on until a signal ends it. */
export interface LongRun {
  /** Waits until standard output has this. Rejects with all output when the program ends before. */
  printed(text: string): Promise<void>;
  /** The same for standard error. */
  complained(text: string): Promise<void>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  signal(signal: NodeJS.Signals): void;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

export function startProgram(
  program: string,
  args: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string },
): LongRun {
  const options = { env: { PATH: process.env.PATH ?? "", ...env }, ...(cwd === undefined ? {} : { cwd }) };
  const child: ChildProcess = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const texts = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (more: string) => {
      texts[name] += more;
      for (const look of waiting) look();
    });
  }
  const seen = (name: "stdout" | "stderr", text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!texts[name].includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      ended.then(() =>
        reject(new Error(`the program ended before it printed '${text}':\n${texts.stdout}\n${texts.stderr}`)),
      );
    });
  return {
    printed: (text) => seen("stdout", text),
    complained: (text) => seen("stderr", text),
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    signal: (signal) => void child.kill(signal),
    ended,
  };
}
