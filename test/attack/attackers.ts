/** A process with all attackers. It runs whatever its parent sent it, until it is killed. */
import { strangerAttacks } from "./stranger-attacks.ts";
import type { Target } from "./target.ts";
import { userAttacks } from "./user-attacks.ts";

export interface Attack {
  readonly target: Target;
  /** Names of attacks; all of them when empty. */
  readonly only: readonly string[];
  readonly strangers: number;
}

const never = new AbortController().signal;

process.once("message", ({ target, only, strangers }: Attack) => {
  const isWanted = ([name]: readonly [string, unknown]) => only.length === 0 || only.includes(name);
  for (const [, attack] of Object.entries(userAttacks).filter(isWanted)) {
    for (const token of target.tokens) attack(target, token, never).catch(() => undefined);
  }
  const ofStrangers = Object.entries(strangerAttacks).filter(isWanted);
  for (let at = 0; at < strangers && ofStrangers.length > 0; at += 1) {
    ofStrangers[at % ofStrangers.length]?.[1](target, `127.0.1.${at + 1}`, never).catch(() => undefined);
  }
});
