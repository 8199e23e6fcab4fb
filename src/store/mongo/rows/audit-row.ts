import { Binary, type Document } from "mongodb";
import type { AuditRecord, ChainedRecord } from "../../../audit/record.ts";
import { bytes, count, readRow, type Shape, text, textList } from "./field.ts";
import type { Named } from "./schema.ts";

type AuditRow = AuditRecord & { readonly mac: Uint8Array };

const shape: Shape<AuditRow> = {
  timeMs: count,
  tenant: text,
  principal: text,
  action: text,
  key: text,
  version: count,
  // An edited decision reads as refused, and its MAC no longer fits.
  decision: (value) => (value === "allowed" || value === "denied" || value === "refused" ? value : undefined),
  rule: text,
  requestId: text,
  peer: text,
  count,
  names: textList,
  filter: text,
  mac: bytes,
};

const empty: AuditRow = {
  timeMs: 0,
  tenant: "",
  principal: "",
  action: "",
  key: "",
  version: 0,
  decision: "refused",
  rule: "",
  requestId: "",
  peer: "",
  count: 0,
  names: [],
  filter: "",
  mac: new Uint8Array(0),
};

const positionDigits = 16;

/**
 * Chain and position as one name, unique and in their order: a space sorts before any character that a longer chain
 * could have there, and positions are padded.
 */
export function recordName(chain: string, position: number): string {
  return `${chain} ${String(position).padStart(positionDigits, "0")}`;
}

export function fromRecord({ chain, position, mac, ...record }: ChainedRecord): Named {
  return { _id: recordName(chain, position), ...record, mac: new Binary(mac) };
}

export function toRecord(document: Document): ChainedRecord {
  const name = text(document._id) ?? "";
  const space = name.lastIndexOf(" ");
  const row = readRow(document, shape, empty, ["mac"]);
  return { ...row, chain: name.slice(0, Math.max(space, 0)), position: Number(name.slice(space + 1)) };
}
