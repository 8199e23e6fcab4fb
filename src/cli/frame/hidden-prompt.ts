import { openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { CliError } from "./errors.ts";
import { createHiddenLine } from "./hidden-line.ts";

/**
 * Asks for one line on the terminal, without showing it. Returns the bytes that were typed, without the Enter.
 * @throws CliError when there is no terminal, on Ctrl-C, Ctrl-D or Esc, or when more than one line is pasted (the rest
 * would otherwise go to the shell)
 */
export async function promptHidden(question: string): Promise<Buffer> {
  const { input, output } = openTerminal();
  try {
    input.setRawMode(true);
    writeSync(output, question);
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    writeSync(output, "\n");
    input.destroy();
  }
}

/** The terminal to read from, and the descriptor to write to. */
function openTerminal(): { readonly input: ReadStream; readonly output: number } {
  try {
    // Windows has no file for the terminal of a process.
    if (process.platform === "win32") return { input: new ReadStream(0), output: 2 };
    const fd = openSync("/dev/tty", "r+");
    return { input: new ReadStream(fd), output: fd };
  } catch {
    throw new CliError("there is no terminal to ask on", ["give the value on standard input"]);
  }
}

function readLine(input: ReadStream): Promise<Buffer> {
  const line = createHiddenLine();
  return new Promise((resolve, reject) => {
    input.on("error", reject);
    input.on("end", () => reject(new CliError("the terminal was closed")));
    input.on("data", (chunk: Buffer) => {
      for (const [i, byte] of chunk.entries()) {
        const end = line.take(byte);
        if (end === "cancelled") return reject(new CliError("cancelled"));
        if (end === "entered" && i < chunk.length - 1) {
          const hint = "give a value of several lines on standard input: oo secret save KEY < FILE";
          return reject(new CliError("more than one line was pasted", [hint]));
        }
        if (end === "entered") return resolve(line.bytes());
      }
      // The key Esc by itself. Taking the next character for a part of a sequence would lose it.
      if (line.isWithinEscape()) reject(new CliError("cancelled"));
    });
  });
}
