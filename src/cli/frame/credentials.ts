import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { limits } from "../../limits.ts";
import type { Cli } from "./cli.ts";
import { CliError, systemCode, usageError } from "./errors.ts";
import { tokenHint } from "./service-error.ts";

/** The token of this process. One from a file is read again for each call, because others renew it. */
export interface Credentials {
  readonly isFromFile: boolean;
  /** While the file cannot be read or holds no token, such as during a write, this is the last one that it held. */
  latest(): string;
  /**
   * Waits for the file to hold another token than `refused`, for a moment: whoever revokes a token may write the new one
   * just after that. False when it does not, and for a token that is not from a file.
   */
  isRenewed(refused: string): Promise<boolean>;
  /** Waits until the file holds another token than `refused`. False when that cannot be, or once the signal aborts. */
  whenRenewed(refused: string, signal: AbortSignal): Promise<boolean>;
}

const visibleAscii = /^[\x21-\x7e]+$/;
const momentMs = [0, 250, 500, 1000] as const;
/** A renewed token is used this much later at most. */
const lookMs = 2000;

/** @throws CliError when there is no token, or what is given cannot be one. */
export function createCredentials(cli: Cli, tokenFile: string | undefined): Credentials {
  let last =
    tokenFile === undefined
      ? checkToken(cli.env.OO_TOKEN ?? "", "OO_TOKEN", "OO_TOKEN is not set")
      : readTokenFile(tokenFile);
  const latest = () => {
    try {
      if (tokenFile !== undefined) last = readTokenFile(tokenFile);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
    }
    return last;
  };
  return {
    isFromFile: tokenFile !== undefined,
    latest,
    async isRenewed(refused) {
      if (tokenFile === undefined) return false;
      for (const ms of momentMs) {
        await pause(ms);
        if (latest() !== refused) return true;
      }
      return false;
    },
    async whenRenewed(refused, signal) {
      if (tokenFile === undefined) return false;
      while (!signal.aborted) {
        if (latest() !== refused) return true;
        await pause(lookMs, undefined, { signal }).catch(() => undefined);
      }
      return false;
    },
  };
}

function checkToken(token: string, source: string, whenEmpty: string): string {
  if (token === "") throw new CliError(whenEmpty, [tokenHint]);
  if (token.length > limits.tokenBytes || !visibleAscii.test(token)) {
    throw new CliError(`${source} does not hold a token`, ["a token is one line without spaces, such as oo_…"]);
  }
  return token;
}

function readTokenFile(file: string): string {
  let content: string;
  try {
    content = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw usageError(`cannot read the token file ${file}: ${systemCode(error) ?? "unknown error"}`);
  }
  return checkToken(content, "the token file", "the token file is empty");
}
