import { AuditDecision, type AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import type { AuditDecision as Decision } from "../audit/record.ts";
import type { Context } from "../secrets/context.ts";
import { SecretError } from "../secrets/error.ts";
import { listAuditEvents } from "../secrets/list-audit-events.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

/** AuditService between the contract and the domain: it translates, and decides nothing. */
export function createAuditService(context: Context): GuardedImpl<typeof AuditService> {
  return {
    async listAuditEvents(request, call) {
      const { key, principal, action, pageSize, pageToken } = request;
      const { events, nextPageToken } = await listAuditEvents(context, call, {
        key,
        principal,
        action,
        decision: decisionOf(request.decision),
        fromMs: fromTimestamp(request.startTime),
        toMs: fromTimestamp(request.endTime),
        pageSize,
        pageToken,
      });
      return {
        events: events.map(({ timeMs, mac: _mac, names, position, decision, ...event }) => ({
          ...event,
          time: toTimestamp(timeMs),
          names: [...names],
          position: BigInt(position),
          decision: wireDecisions[decision],
        })),
        nextPageToken,
      };
    },
  };
}

const wireDecisions: Record<Decision, AuditDecision> = {
  allowed: AuditDecision.ALLOWED,
  denied: AuditDecision.DENIED,
  refused: AuditDecision.REFUSED,
};

function decisionOf(wire: AuditDecision): Decision | undefined {
  switch (wire) {
    case AuditDecision.UNSPECIFIED:
      return undefined;
    case AuditDecision.ALLOWED:
      return "allowed";
    case AuditDecision.DENIED:
      return "denied";
    case AuditDecision.REFUSED:
      return "refused";
    default:
      throw new SecretError({
        reason: "INVALID_FIELD",
        message: "decision is not a value of its enum",
        field: "decision",
      });
  }
}
