import { openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { CliError } from "./errors.ts";

const enter = [0x0d, 0x0a];
const erase = [0x08, 0x7f];
const interrupt = 0x03;
const endOfInput = 0x04;
const eraseLine = 0x15;

/**
 * Asks for one line on the terminal, without showing it. Returns the bytes that were typed, without the Enter.
 * @throws CliError when there is no terminal, on Ctrl-C or Ctrl-D, or when more than one line is pasted (the rest would
 * otherwise go to the shell)
 */
export async function promptHidden(question: string): Promise<Buffer> {
  const fd = openTerminal();
  const input = new ReadStream(fd);
  try {
    input.setRawMode(true);
    writeSync(fd, question);
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    writeSync(fd, "\n");
    input.destroy();
  }
}

function openTerminal(): number {
  try {
    return openSync("/dev/tty", "r+");
  } catch {
    throw new CliError("there is no terminal to ask on", ["give the value on standard input"]);
  }
}

function readLine(input: ReadStream): Promise<Buffer> {
  const line: number[] = [];
  return new Promise((resolve, reject) => {
    input.on("error", reject);
    input.on("end", () => reject(new CliError("the terminal was closed")));
    input.on("data", (chunk: Buffer) => {
      for (const [i, byte] of chunk.entries()) {
        if (byte === interrupt || byte === endOfInput) return reject(new CliError("cancelled"));
        if (enter.includes(byte)) {
          if (i < chunk.length - 1) {
            const hint = "give a value of several lines on standard input: oo secret save KEY < FILE";
            return reject(new CliError("more than one line was pasted", [hint]));
          }
          return resolve(Buffer.from(line));
        }
        if (byte === eraseLine) line.length = 0;
        else if (erase.includes(byte)) eraseCharacter(line);
        else line.push(byte);
      }
    });
  });
}

/** A character may have several bytes. Those after the first begin with the bits 10. */
function eraseCharacter(line: number[]): void {
  while (((line.pop() ?? 0) & 0xc0) === 0x80);
}
