import { createHmac, type KeyObject } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { isSameBytes } from "../crypto/same-bytes.ts";
import { accessListNames } from "../text/access-list-names.ts";
import type { AccessLists, StoredSecret } from "./secret-rows.ts";

/** What is stored for watchers: a new version, without its envelope, and the lists of the version before. */
export interface EventContent {
  readonly secret: StoredSecret;
  readonly formerLists: AccessLists | undefined;
  /** Its number, where the store numbers its events; otherwise 0. An event with another number does not verify. */
  readonly seq: number;
}

const label = "secret-svc/event/v1";

/**
 * Authenticates an event under the key of the audit log. Events have no envelope that would verify them, and they
 * outlive the versions that they are about.
 */
export function eventMac(auditKey: KeyObject, { secret, formerLists, seq }: EventContent): Buffer {
  const message = encodeCanonical(label, [
    seq,
    secret.format,
    secret.tenant,
    secret.id,
    secret.key,
    secret.version,
    secret.owner,
    ...accessListNames.map((name) => secret.lists[name]),
    secret.metadata.flat(),
    secret.createdAtMs,
    secret.createdBy,
    secret.updatedAtMs,
    secret.updatedBy,
    secret.valueChangedAtMs,
    secret.removed,
    formerLists !== undefined,
    ...accessListNames.map((name) => formerLists?.[name] ?? []),
  ]);
  return createHmac("sha256", auditKey).update(message).digest();
}

/** False for everything that `eventMac` did not make, also for fields that it could not encode. */
export function isIntactEvent(auditKey: KeyObject | undefined, content: EventContent, mac: Uint8Array): boolean {
  if (auditKey === undefined) return false;
  try {
    const expected = eventMac(auditKey, content);
    return isSameBytes(mac, expected);
  } catch {
    return false;
  }
}
