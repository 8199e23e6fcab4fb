import { log } from "../log/log.ts";
import type { Member } from "./member.ts";
import type { Forgotten } from "./messages.ts";

/** A worker that does not answer within this time is killed. */
export const answerMs = 500;

/**
 * Resolves once each of these workers has forgotten it, or has ended. One that does not answer in time is killed: it
 * may be suspended, and must not go on with what is in its memory when it comes back. One that has not joined has
 * nothing in its memory yet, and what it looks up from now on is what was committed.
 */
export async function forgetEverywhere(members: Iterable<Member>, what: Forgotten, withinMs = answerMs): Promise<void> {
  const joined = [...members].filter(({ hasJoined, hasExited }) => hasJoined && !hasExited);
  await Promise.all(joined.map((member) => forgetOrEnd(member, what, withinMs)));
}

async function forgetOrEnd(member: Member, what: Forgotten, withinMs: number): Promise<void> {
  let hasAnswered = false;
  const answered = member.ask({ type: "forget", what }).then(() => {
    hasAnswered = true;
  });
  const killIfSilent = () => {
    if (hasAnswered) return;
    log(
      "error",
      `worker ${member.slot} has not answered within ${withinMs} ms, and is killed before a change is acknowledged`,
    );
    member.kill();
  };
  // When this process was suspended itself, the answer may be there already: it is read before `setImmediate` runs.
  const timer = setTimeout(() => setImmediate(killIfSilent), withinMs);
  await answered;
  clearTimeout(timer);
}
