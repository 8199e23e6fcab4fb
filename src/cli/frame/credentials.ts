import { statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { readBounded } from "../../files/read-bounded.ts";
import { limits } from "../../limits.ts";
import type { Cli } from "./cli.ts";
import { CliError, systemReason, usageError } from "./errors.ts";
import { tokenHint } from "./service-error.ts";

/** The token of this process. One from a regular file is read again for each call, because others renew it. */
export interface Credentials {
  readonly isFromFile: boolean;
  /** While the file cannot be read or holds no token, such as during a write, this is the last one that it held. */
  latest(): string;
  /**
   * Waits for the file to hold another token than `refused`, for a moment: a new token may be written just after the
   * old one was revoked. False when it does not, and for a token that is not from a file.
   */
  isRenewed(refused: string): Promise<boolean>;
  /** Waits until the file holds another token than `refused`. False when that cannot be, or once the signal aborts. */
  whenRenewed(refused: string, signal: AbortSignal): Promise<boolean>;
}

/** The longest token, and room for blank lines. */
const fileBytes = 64 * 1024;
const visibleAscii = /^[\x21-\x7e]+$/;
const momentMs = [0, 250, 500, 1000] as const;
/** A renewed token is used this much later at most. */
const lookMs = 2000;

/**
 * The token from the file, else OO_TOKEN, else that of the context in use.
 * @throws CliError when there is no token, and when what is given cannot be one
 */
export function createCredentials(
  { env }: Pick<Cli, "env">,
  tokenFile: string | undefined,
  ofContext: () => string | undefined = () => undefined,
): Credentials {
  let last =
    tokenFile === undefined
      ? checkToken(env.OO_TOKEN || (ofContext() ?? ""), "OO_TOKEN", "OO_TOKEN is not set")
      : readTokenFile(tokenFile);
  // A pipe gives its token once.
  const renewable = tokenFile !== undefined && isRegular(tokenFile) ? tokenFile : undefined;
  const latest = () => {
    try {
      if (renewable !== undefined) last = readTokenFile(renewable);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
    }
    return last;
  };
  return {
    isFromFile: renewable !== undefined,
    latest,
    async isRenewed(refused) {
      if (renewable === undefined) return false;
      for (const ms of momentMs) {
        await pause(ms);
        if (latest() !== refused) return true;
      }
      return false;
    },
    async whenRenewed(refused, signal) {
      if (renewable === undefined) return false;
      while (!signal.aborted) {
        if (latest() !== refused) return true;
        await pause(lookMs, undefined, { signal }).catch(() => undefined);
      }
      return false;
    },
  };
}

/** Throws `CliError` for what cannot be a token. */
export function checkToken(token: string, source: string, whenEmpty: string): string {
  if (token === "") throw new CliError(whenEmpty, [tokenHint]);
  if (token.length > limits.tokenBytes || !visibleAscii.test(token)) {
    throw new CliError(`${source} does not hold a token`, ["a token is one line without spaces, such as oo_…"]);
  }
  return token;
}

function isRegular(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    // It is being replaced.
    return true;
  }
}

function readTokenFile(file: string): string {
  let content: string;
  try {
    content = readBounded(file, { maxBytes: fileBytes, pipe: "wait" }).toString().trim();
  } catch (error) {
    throw usageError(`cannot read the token file ${file}: ${systemReason(error)}`);
  }
  return checkToken(content, "the token file", "the token file is empty");
}
