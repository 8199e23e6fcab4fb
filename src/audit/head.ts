import { createHmac, type KeyObject } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { isSameBytes } from "../crypto/same-bytes.ts";

/** Where one chain ended when a head was made. */
export interface ChainEnd {
  readonly chain: string;
  /** The position of its last record; 0 when it had no records. */
  readonly position: number;
  readonly mac: Uint8Array;
}

/** A statement of where all chains ended. It is stored outside of the store, and shows what was cut off since then. */
export interface AuditHead {
  readonly timeMs: number;
  readonly ends: readonly ChainEnd[];
}

const prefix = "head.v1.";
const label = "secret-svc/audit-head/v1";

/** A head as one line of text: `head.v1.<JSON as base64url>.<MAC under the audit key as base64url>`. */
export function signHead(auditKey: KeyObject, head: AuditHead): string {
  const ends = head.ends.map(({ chain, position, mac }) => [chain, position, Buffer.from(mac).toString("base64url")]);
  const body = Buffer.from(JSON.stringify([head.timeMs, ends]));
  return `${prefix}${body.toString("base64url")}.${headMac(auditKey, body).toString("base64url")}`;
}

/** Reads a head. Undefined when the text is not a head that was signed with this key. */
export function readHead(auditKey: KeyObject, text: string): AuditHead | undefined {
  const [bodyText, macText, ...more] = text.slice(prefix.length).split(".");
  if (!text.startsWith(prefix) || bodyText === undefined || macText === undefined || more.length > 0) return undefined;
  const body = Buffer.from(bodyText, "base64url");
  const mac = Buffer.from(macText, "base64url");
  const expected = headMac(auditKey, body);
  if (!isSameBytes(mac, expected)) return undefined;
  // Signed by this program, so it has the form that `signHead` gives it.
  const [timeMs, ends] = JSON.parse(body.toString()) as [number, [string, number, string][]];
  return {
    timeMs,
    ends: ends.map(([chain, position, endMac]) => ({ chain, position, mac: Buffer.from(endMac, "base64url") })),
  };
}

function headMac(auditKey: KeyObject, body: Uint8Array): Buffer {
  return createHmac("sha256", auditKey)
    .update(encodeCanonical(label, [body]))
    .digest();
}
