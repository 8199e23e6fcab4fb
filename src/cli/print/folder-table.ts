import type { Folder, Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import { toSecretTable } from "./secret-table.ts";
import { formatTable } from "./table.ts";

const header = ["FOLDER", "SECRETS", "EXPIRING", "EXPIRED", "ROTATION-DUE"];

/** A line for each folder, then one for each secret. The folder that was asked for comes first, as `.`. */
export function toFolderTable(
  folders: readonly Folder[],
  secrets: readonly Secret[],
  withHeader: boolean,
  width?: number,
): string {
  const rows = folders.map(({ path, secrets: count, expiring, expired, rotationDue, more }, at) => [
    at === 0 ? "." : `${path}/`,
    more ? `${count}+` : String(count),
    ...[expiring, expired, rotationDue].map((due) => (due === 0 ? "" : String(due))),
  ]);
  const table = formatTable(header, rows, withHeader, width);
  return secrets.length === 0 ? table : `${table}\n${toSecretTable(secrets, withHeader, width)}`;
}

export function toFolderJson({ path, secrets, expiring, expired, rotationDue, more }: Folder) {
  return { path, secrets, expiring, expired, rotationDue, more };
}
