import { type CanonicalKind, decodeCanonical } from "../crypto/decode-canonical.ts";
import { type AuditDecision, type ChainedRecord, recordLabel } from "./record.ts";

/** The types of the fields of a record, in their order. */
export const recordKinds = [
  "text", // chain
  "number", // position
  "number", // timeMs
  "text", // tenant
  "text", // principal
  "text", // action
  "text", // key
  "number", // version
  "text", // decision
  "text", // rule
  "text", // requestId
  "text", // peer
  "number", // count
  "list", // names
  "text", // filter
] as const satisfies readonly CanonicalKind[];

type FieldOf = { readonly text: string; readonly number: number; readonly list: readonly string[] };
type Typed<Kinds extends readonly (keyof FieldOf)[]> = { readonly [At in keyof Kinds]: FieldOf[Kinds[At]] };
type Fields = Typed<typeof recordKinds>;

/** The record that these bytes authenticate, without its MAC. Undefined for bytes that are not of a record. */
export function decodeAuditRecord(bytes: Buffer): Omit<ChainedRecord, "mac"> | undefined {
  const fields = decodeCanonical(recordLabel, bytes, recordKinds);
  if (fields === undefined) return undefined;
  const [chain, position, timeMs, tenant, principal, action, key, version, decision, ...more] =
    fields as unknown as Fields;
  const [rule, requestId, peer, count, names, filter] = more;
  if (!isDecision(decision)) return undefined;
  return {
    ...{ chain, position, timeMs, tenant, principal, action, key, version, decision },
    ...{ rule, requestId, peer, count, names, filter },
  };
}

function isDecision(text: string): text is AuditDecision {
  return text === "allowed" || text === "denied" || text === "refused";
}
