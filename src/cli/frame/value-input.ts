import { Buffer } from "node:buffer";
import { limits } from "../../limits.ts";
import { utf8Text } from "../formats/utf8-text.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

/** Whether the user will be asked for the value on the terminal. */
export function isAsked(argument: string | undefined, { stdin }: Pick<Cli, "stdin">): boolean {
  return (argument === undefined || argument === "-") && stdin().isTTY === true;
}

/**
 * The value of a secret, byte for byte; nothing is trimmed. It is the argument. If that is `-` or missing, the value is
 * read from standard input; on a terminal, the user is asked for it, with the key, and it is not shown.
 * @throws CliError when it is too long, empty or not UTF-8; the error quotes nothing of it
 */
export async function readValue(
  argument: string | undefined,
  { stdin, output }: Pick<Cli, "stdin" | "output">,
  key?: string,
): Promise<string> {
  if (argument !== undefined && argument !== "-") return checkArgument(argument, output);
  const input = stdin();
  if (input.isTTY) {
    const { promptHidden } = await import("./hidden-prompt.ts");
    return decode(await promptHidden(`${key === undefined ? "" : `${key}: `}Enter secret value: `));
  }
  const value = await readText(input, limits.valueBytes);
  if (/^[^\n]*\n$/.test(value)) {
    output.hint("the value ends with a line break, which is also stored; `printf %s` does not write one");
  }
  return value;
}

function checkArgument(value: string, output: Cli["output"]): string {
  // Node puts U+FFFD in place of bytes that are not UTF-8. By now the bytes are lost.
  if (value.includes("\ufffd")) {
    throw new CliError("the value is not valid UTF-8", ["give it on standard input if it really holds U+FFFD"]);
  }
  if (value === "") throw emptyValue();
  if (Buffer.byteLength(value) > limits.valueBytes) throw tooLong(Buffer.byteLength(value));
  if (output.isWatched) {
    output.hint(
      "a value in the arguments shows in `ps` and in the shell history; leave it out, and you are asked for it",
    );
  }
  return value;
}

/** All of standard input as text. Throws CliError when it is empty, longer than `maxBytes` or not UTF-8. */
export async function readText(input: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  return decode(await readAll(input), maxBytes);
}

function decode(bytes: Uint8Array, maxBytes: number = limits.valueBytes): string {
  if (bytes.length === 0) throw emptyValue();
  if (bytes.length > maxBytes) throw tooLong(bytes.length, maxBytes);
  const hint = "`oo secret save KEY --file FILE` stores bytes; `--file -` reads standard input";
  return utf8Text(bytes, "the value", hint);
}

/** All of a stream, which may be longer than a value. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    // The input may never end.
    if (size > limits.requestBytes) break;
  }
  return Buffer.concat(chunks);
}

function emptyValue(): CliError {
  return new CliError("the value is empty", ["give it as the second argument, on standard input, or on a terminal"]);
}

function tooLong(bytes: number, maxBytes: number = limits.valueBytes): CliError {
  return new CliError(`the value must be at most ${maxBytes} bytes, and has ${bytes}`);
}
