import { AuditDecision, AuditProblemKind, type AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import type { AuditDecision as Decision } from "../audit/record.ts";
import type { AuditProblem } from "../audit/verifier.ts";
import { listAuditEvents } from "../audit-log/list-audit-events.ts";
import { verifyAudit } from "../audit-log/verify-audit.ts";
import type { Context } from "../rules/context.ts";
import { beingBuilt } from "./being-built.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { fromWire } from "./wire/from-wire.ts";
import { fromTimestamp, toTimestamp } from "./wire/timestamp.ts";

/** Translates AuditService between the contract and the domain, and decides nothing. */
export function createAuditService(context: Context): GuardedImpl<typeof AuditService> {
  return {
    async listAuditEvents(request, call) {
      const { key, principal, action, pageSize, pageToken } = request;
      const { events, nextPageToken } = await listAuditEvents(context, call, {
        key,
        principal,
        action,
        decision: fromWire(decisions, request.decision, "decision"),
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
    listUsage: beingBuilt,
    async *verifyAudit({ head }, call, signal) {
      for await (const { records, result } of verifyAudit(context, call, head, signal)) {
        const progress = { records: BigInt(records) };
        yield result === undefined
          ? progress
          : { ...progress, ...result, done: true, problems: result.problems.map(toWireProblem) };
      }
    },
  };
}

const wireKinds: Record<AuditProblem["kind"], AuditProblemKind> = {
  edited: AuditProblemKind.EDITED,
  missing: AuditProblemKind.MISSING,
  "cut-off": AuditProblemKind.CUT_OFF,
  unregistered: AuditProblemKind.UNREGISTERED,
  "bad-checkpoint": AuditProblemKind.BAD_CHECKPOINT,
};

function toWireProblem({ kind, chain, position, afterMs }: AuditProblem) {
  const afterTime = afterMs === undefined ? {} : { afterTime: toTimestamp(afterMs) };
  return { kind: wireKinds[kind], chain, position: BigInt(position), ...afterTime };
}

const wireDecisions: Record<Decision, AuditDecision> = {
  allowed: AuditDecision.ALLOWED,
  denied: AuditDecision.DENIED,
  refused: AuditDecision.REFUSED,
};

const decisions: Record<AuditDecision, Decision | undefined> = {
  [AuditDecision.UNSPECIFIED]: undefined,
  [AuditDecision.ALLOWED]: "allowed",
  [AuditDecision.DENIED]: "denied",
  [AuditDecision.REFUSED]: "refused",
};
