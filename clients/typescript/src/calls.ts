import { type CallOptions, Code, type Transport } from "@connectrpc/connect";
import { errorFromCall, SecretServiceError } from "./errors.ts";

/** How the service is reached. */
export interface Connection {
  readonly transport: Transport;
  /** Called before each try. */
  readonly token: () => string | Promise<string>;
  /** Whether the token may change from call to call. */
  readonly mayTokenChange: boolean;
  /** How long a call may take, including its retries. */
  readonly timeoutMs: number;
  /** The address, without anything secret. */
  readonly name: string;
  close(): void;
}

/** The default time limit of a call, including its retries; in a list, of each page. */
export const defaultTimeoutMs = 10_000;
/** The service ends a response at 3 MiB. */
export const maxAnswerBytes = 8 << 20;

const maxTries = 4;
const firstWaitMs = 100;

/**
 * Makes a call, up to four times while the service is UNAVAILABLE and the time lasts, and only if it is safe to repeat.
 * The waits double and vary at random. Throws SecretServiceError.
 */
export async function callService<Answer>(
  connection: Connection,
  isRepeatable: boolean,
  call: (options: CallOptions) => Promise<Answer>,
): Promise<Answer> {
  const end = performance.now() + connection.timeoutMs;
  let waitMs = firstWaitMs;
  for (let left = isRepeatable ? maxTries : 1; ; waitMs *= 2) {
    const headers = await authorization(connection);
    const error = await call({ headers, timeoutMs: Math.max(1, Math.floor(end - performance.now())) }).then(
      (answer) => ({ answer }),
      errorFromCall,
    );
    if (!(error instanceof SecretServiceError)) return error.answer;
    left -= 1;
    const wait = waitMs * (0.5 + Math.random() / 2);
    if (error.code !== Code.Unavailable || left === 0 || performance.now() + wait > end) throw error;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** The header that carries the token. Throws what reading the token does. */
export async function authorization(connection: Connection): Promise<Readonly<Record<string, string>>> {
  return headerOf(await connection.token());
}

/** None for an empty token: a certificate counts only without one. */
export function headerOf(token: string): Readonly<Record<string, string>> {
  return token === "" ? {} : { authorization: `Bearer ${token}` };
}

/**
 * Waits a moment for the token to become another one than the refused one: a token file may be written just after the
 * old token was revoked.
 */
export async function isRenewed(connection: Connection, refused: string): Promise<boolean> {
  if (!connection.mayTokenChange) return false;
  let waitMs = firstWaitMs;
  for (let left = maxTries; ; waitMs *= 2) {
    try {
      if ((await connection.token()) !== refused) return true;
    } catch {
      // A file without a token may be in the middle of being written.
    }
    left -= 1;
    if (left === 0) return false;
    const wait = waitMs;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
