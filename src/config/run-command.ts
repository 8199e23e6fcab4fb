import { spawn } from "node:child_process";
import { whyUnreadable } from "../files/read-bounded.ts";
import type { CommandForm } from "./command-form.ts";
import { ConfigError } from "./config-error.ts";
import { endWithUs, killGroup } from "./end-with-us.ts";
import { shownStderr, tailBytes } from "./shown-stderr.ts";
import type { CommandOutput } from "./take-secret.ts";
import { isPassing, TemporaryError } from "./temporary-error.ts";

/** 180 keys, one per line. */
const outputBytes = 8 * 1024;
/** What a program has left running may write for this long after its end. */
const afterEndMs = 50;
/** A program that has printed too much may end by itself for this long: its exit code says more. */
const afterTooMuchMs = 500;
/** A program that was killed may be stuck in the kernel for this long. */
const giveUpMs = 500;

export interface CommandOptions {
  /** The variable that sets the command, for messages. */
  readonly setting: string;
  readonly command: CommandForm;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secondsMax: number;
}

/** How a program ended, and what it wrote. */
interface Ended {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly isStderrCut: boolean;
  /** Why it was stopped. */
  readonly stopped: "time" | "output" | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly seconds: number;
}

/**
 * Runs a program without a shell, and returns the text that it printed. It gets no input, a limit on its time and its
 * output, and a process group of its own, of which nothing is left afterwards. Throws `TemporaryError` when it fails,
 * and `ConfigError` for a program that cannot run or an output that cannot be a secret. No message has the output or an
 * argument.
 */
export async function runCommand(options: CommandOptions): Promise<CommandOutput> {
  const { setting, command } = options;
  const ended = await waitFor(options);
  try {
    const text = decode(ended.stdout);
    const failure = failureOf(options, ended, text);
    const said = shownStderr(ended.stderr, ended.isStderrCut, text ?? ended.stdout.toString("utf8"));
    const because = said === "" ? "" : `; it wrote: ${said}`;
    if (failure !== undefined) throw new TemporaryError(`${setting}: ${command.program} ${failure}${because}`);
    const problem = problemOf(ended, text);
    if (problem !== undefined) throw new ConfigError(`${setting}: ${command.program} ${problem}${because}`);
    return { text: text ?? "", program: command.program, seconds: ended.seconds };
  } finally {
    ended.stdout.fill(0);
    ended.stderr.fill(0);
  }
}

function failureOf(
  { secondsMax }: CommandOptions,
  { stopped, code, signal }: Ended,
  text?: string,
): string | undefined {
  if (stopped === "time") {
    return `did not end within ${secondsMax} s, which SECRET_SVC_KEY_COMMAND_SECONDS sets`;
  }
  if (code === 0 || (code === null && stopped === "output")) return undefined;
  const printed = text === "" ? " without printing anything" : "";
  return code === null ? `was ended by ${signal}${printed}` : `failed with exit code ${code}${printed}`;
}

function problemOf({ stopped }: Ended, text: string | undefined): string | undefined {
  if (stopped === "output") return `printed more than ${outputBytes} bytes, and must print the secret only`;
  if (text === undefined) return "printed bytes that are not text (UTF-8)";
  return text === "" ? "ended without an error, but printed nothing" : undefined;
}

/** Undefined for bytes that are not text. One line break at the end does not belong to a secret. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    return undefined;
  }
}

function waitFor({ setting, command, environment, secondsMax }: CommandOptions): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const beganMs = performance.now();
  const child = start(setting, command, environment);
  child.once("error", (error) => reject(cannotStart(setting, command.program, error)));
  if (child.pid === undefined) return promise;
  let stopped: Ended["stopped"];
  let ending: NodeJS.Timeout | undefined;
  let isOver = false;
  const stop = (why: "time" | "output") => {
    stopped ??= why;
    killGroup(child);
    clearTimeout(ending);
    ending = setTimeout(finish, giveUpMs);
  };
  const limit = setTimeout(() => stop("time"), secondsMax * 1000);
  const stdout = collectStart(child.stdout, () => {
    stopped ??= "output";
    if (child.exitCode === null && child.signalCode === null) ending ??= setTimeout(stop, afterTooMuchMs, "output");
  });
  const stderr = collectEnd(child.stderr);
  const forget = endWithUs(child);
  const finish = () => {
    // Later its number may be that of another group.
    if (isOver) return;
    isOver = true;
    killGroup(child);
    clearTimeout(limit);
    clearTimeout(ending);
    forget();
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    child.unref();
    const seconds = (performance.now() - beganMs) / 1000;
    resolve({ ...stderr(), stdout: stdout(), stopped, code: child.exitCode, signal: child.signalCode, seconds });
  };
  child.once("exit", () => {
    clearTimeout(limit);
    clearTimeout(ending);
    // What it has written is in the pipe, and can be read after the kill.
    ending = setTimeout(() => {
      killGroup(child);
      // Something that left the group may hold the pipe, and must not add to the secret.
      setImmediate(() => setImmediate(finish));
    }, afterEndMs);
  });
  child.once("close", finish);
  return promise;
}

function start(setting: string, { program, args }: CommandForm, environment: CommandOptions["environment"]) {
  try {
    // Detached: it leads a group, which can be killed with all that it starts, and it has no terminal to ask on.
    return spawn(program, args, { env: { ...environment }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  } catch (error) {
    throw cannotStart(setting, program, error);
  }
}

function cannotStart(setting: string, program: string, error: unknown): Error {
  const code = whyUnreadable(error);
  if (isPassing(error)) return new TemporaryError(`${setting}: ${program} could not be started (${code})`);
  const why = code === "ENOENT" ? `${code}: it, or the interpreter that its first line names, is not there` : code;
  return new ConfigError(`${setting}: ${program} cannot be started (${why})`);
}

function collectStart(stream: NodeJS.ReadableStream, onTooMuch: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    const room = outputBytes - size;
    size += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    chunk.subarray(Math.max(0, room)).fill(0);
    if (size > outputBytes) onTooMuch();
  });
  return () => joined(chunks);
}

function collectEnd(stream: NodeJS.ReadableStream): () => Pick<Ended, "stderr" | "isStderrCut"> {
  let tail = Buffer.alloc(0);
  let isStderrCut = false;
  stream.on("data", (chunk: Buffer) => {
    const all = joined([tail, chunk]);
    isStderrCut ||= all.length > tailBytes;
    tail = Buffer.from(all.subarray(Math.max(0, all.length - tailBytes)));
    all.fill(0);
  });
  return () => ({ stderr: tail, isStderrCut });
}

/** What they held is wiped. */
function joined(chunks: readonly Buffer[]): Buffer {
  const all = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return all;
}
