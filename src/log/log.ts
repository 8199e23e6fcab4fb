import { describeError, describeErrorAsText } from "./log-error.ts";

export type LogLevel = "error" | "info" | "debug";

/**
 * All that a line may hold besides its message and its error, see `describeError`. Nothing else can get into the log.
 */
export interface LogFields {
  readonly requestId?: string | undefined;
  /** The method of a call, such as `secret.v1.SecretService/ListSecrets`. */
  readonly rpc?: string;
  /** The outcome of a call. */
  readonly code?: string;
  readonly ms?: number;
}

export interface LogSettings {
  readonly format: "text" | "json";
  readonly level: LogLevel;
  /** The number of this worker, which is then in each line. Undefined: the process is not one of several. */
  readonly worker?: number;
}

type Sink = (level: LogLevel, message: string, error: unknown, fields: LogFields) => void;

const rank: Record<LogLevel, number> = { error: 0, info: 1, debug: 2 };

let least: LogLevel = "info";
let sink: Sink = writeText;
let program = "secret-svc";

/** Chooses what is logged from now on, and in which form. Lines for people are the default. */
export async function configureLog({ format, level, worker }: LogSettings): Promise<void> {
  least = level;
  if (worker !== undefined) program = `secret-svc[${worker}]`;
  sink = format === "json" ? await createJsonSink(worker) : writeText;
}

export function isLogged(level: LogLevel): boolean {
  return rank[level] <= rank[least];
}

/** Writes one entry to standard error. The message never holds a value, an encryption key or a token. */
export function log(level: LogLevel, message: string, error?: unknown, fields: LogFields = {}): void {
  if (isLogged(level)) sink(level, message, error, fields);
}

function writeText(level: LogLevel, message: string, error: unknown, fields: LogFields): void {
  const { rpc, code, ms, requestId } = fields;
  const call = rpc === undefined ? "" : ` ${rpc} ${code ?? ""} ${(ms ?? 0).toFixed(1)} ms`;
  const request = requestId === undefined ? "" : ` (request ${requestId})`;
  const failure = error === undefined ? "" : `: ${describeErrorAsText(error)}`;
  process.stderr.write(`${program}: ${level}: ${message}${call}${request}${failure}\n`);
}

/** Loads pino only when it is used, so that a process with text lines starts sooner. */
async function createJsonSink(worker: number | undefined): Promise<Sink> {
  const { destination, pino, stdTimeFunctions } = await import("pino");
  // Synchronous, because the last line before the process ends is the one that is needed.
  const stream = destination({ dest: 2, sync: true });
  // A full disk under the log must not end the service.
  stream.on("error", () => undefined);
  const logger = pino(
    {
      // `isLogged` decides which levels are written.
      level: "debug",
      base: worker === undefined ? null : { worker },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return (level, message, error, { requestId, rpc, code, ms }) => {
    const failure = error === undefined ? {} : { error: describeError(error) };
    logger[level]({ requestId, rpc, code, ms, ...failure }, message);
  };
}
