import { type Secret, SecretState } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Output } from "./output.ts";
import { timeText } from "./timestamp.ts";

/** A person reads no more than this. The rest is only counted. */
const shownMax = 20;

/** Warns on standard error about values that were read and have expired, expire soon, or are due for rotation. */
export function warnOfDue(output: Pick<Output, "warning">, secrets: readonly Secret[]): void {
  const due = secrets.map(dueText).filter((text) => text !== undefined);
  for (const text of due.slice(0, shownMax)) output.warning(text);
  if (due.length <= shownMax) return;
  output.warning(`and ${due.length - shownMax} more are due: oo secret list --state expired, expiring or rotation-due`);
}

function dueText({ key, state, expireAt, valueChangedAt }: Secret): string | undefined {
  switch (state) {
    case SecretState.EXPIRED:
      return `${key} expired at ${timeText(expireAt)}`;
    case SecretState.EXPIRING:
      return `${key} expires at ${timeText(expireAt)}`;
    case SecretState.ROTATION_DUE:
      return `${key} is due for rotation: its value is from ${timeText(valueChangedAt)}`;
    default:
      return undefined;
  }
}
