import { AuditDecisionSchema, type AuditEvent } from "../gen/secret/v1/audit_service_pb.ts";
import { jsonLine } from "./model/audit.ts";
import { msOf } from "./parts/text.tsx";

/** More than this does not belong into the memory of a browser: `oo audit list` has no such limit. */
export const exportMax = 50_000;

/** One record as a line of JSON. */
export function lineOf(event: AuditEvent): string {
  const { time, decision, position, $typeName, ...fields } = event;
  void $typeName;
  const ms = msOf(time);
  const words = {
    time: ms === undefined ? undefined : new Date(ms).toISOString(),
    decision: AuditDecisionSchema.value[decision]?.localName,
  };
  return jsonLine({
    ...words,
    ...fields,
    outcome: event.outcome === 0 ? undefined : event.outcome,
    position: Number(position),
  });
}

/** Has the browser store a text as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
