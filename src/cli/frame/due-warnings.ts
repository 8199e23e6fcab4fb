import { type Secret, SecretState } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Output } from "./output.ts";
import { timeText } from "./timestamp.ts";

/** More than a person reads; the rest is counted. */
const toldMax = 20;

/** Warns, on standard error, of values that were read and have expired, are about to, or should have been rotated. */
export function warnOfDue(output: Pick<Output, "warning">, secrets: readonly Secret[]): void {
  const due = secrets.map(dueText).filter((text) => text !== undefined);
  for (const text of due.slice(0, toldMax)) output.warning(text);
  if (due.length <= toldMax) return;
  output.warning(`and ${due.length - toldMax} more are due: oo secret list --state expired, expiring or rotation-due`);
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
