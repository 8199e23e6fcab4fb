import { type Secret, SecretState } from "../../../gen/secret/v1/secret_service_pb.ts";
import { secretValueOf, tableValue } from "./shown-value.ts";
import { spelling } from "./states.ts";
import { formatTable } from "./table.ts";
import { timeText } from "./timestamp.ts";

const header = ["KEY", "VALUE", "OWNER", "VERSION", "STATE", "UPDATED", "READERS"];
const mask = "********";

/**
 * One line for each secret. Values that were not fetched are masked. The owner is the third column: scripts use it. The
 * contract has no state for removed secrets, which it lists by themselves.
 */
export function toSecretTable(
  secrets: readonly Secret[],
  withHeader: boolean,
  width?: number,
  areRemoved = false,
): string {
  const rows = secrets.map((secret) => [
    secret.key,
    tableValue(secretValueOf(secret) ?? mask),
    secret.owner,
    String(secret.version),
    areRemoved ? "removed" : spelling(SecretState, secret.state),
    timeText(secret.updatedAt) ?? "",
    secret.readers.join(","),
  ]);
  return formatTable(header, rows, withHeader, width);
}
