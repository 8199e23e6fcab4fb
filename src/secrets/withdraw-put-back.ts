import { auditRecord } from "../rules/decision-record.ts";
import type { PutBack } from "../rules/last-changes.ts";
import type { ListCollection } from "./list-collection.ts";
import { putBackFailure } from "./verified-secret.ts";

/** Takes secrets that are older than their last change out of the answer. Their values do not leave the service. */
export async function withdrawPutBack(collection: ListCollection, putBack: PutBack): Promise<void> {
  if (putBack.size === 0) return;
  const { context, call, view, nowMs, secrets, errors } = collection;
  const current = secrets.filter(({ secret }) => !putBack.has(secret));
  secrets.splice(0, secrets.length, ...current);
  const action = view === "full" ? "secret.read" : "secret.list";
  const records = [...putBack].map((secret) => {
    const { key } = putBackFailure(context, secret);
    errors.push({ key: key ?? "", reason: "INTEGRITY" });
    return auditRecord(call, nowMs, {
      action,
      decision: "refused",
      rule: "integrity",
      key: key ?? "",
      filter: "put-back",
    });
  });
  await context.accessLog.record(records);
}
