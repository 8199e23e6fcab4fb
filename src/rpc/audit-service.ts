import { AuditDecision, AuditProblemKind, type AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import type { ChainedRecord, AuditDecision as Decision } from "../audit/record.ts";
import { isPlan, outcomeOf, type RecordedOutcome } from "../audit/save-action.ts";
import type { AuditProblem } from "../audit/verifier.ts";
import { closeAuditChain } from "../audit-log/close-audit-chain.ts";
import { listAuditEvents } from "../audit-log/list-audit-events.ts";
import { type KeyUsage, listUsage } from "../audit-log/list-usage.ts";
import { verifyAudit } from "../audit-log/verify-audit.ts";
import type { Context } from "../rules/context.ts";
import type { GuardedImpl } from "./guarded-impl.ts";
import { fromWire } from "./wire/from-wire.ts";
import { fromTimestamp, toTimestamp } from "./wire/timestamp.ts";

/** Translates AuditService between the contract and the domain, and decides nothing. */
export function createAuditService(context: Context): GuardedImpl<typeof AuditService> {
  return {
    async listAuditEvents(request, call) {
      const { key, keyPattern, principal, action, actions, pageSize, pageToken } = request;
      const { events, nextPageToken, completeUntilMs } = await listAuditEvents(context, call, {
        key,
        principal,
        action,
        actions,
        keyPattern,
        decision: fromWire(decisions, request.decision, "decision"),
        fromMs: fromTimestamp(request.startTime),
        toMs: fromTimestamp(request.endTime),
        pageSize,
        pageToken,
      });
      return {
        events: events.map(toWireEvent),
        nextPageToken,
        completeUntil: toTimestamp(completeUntilMs),
      };
    },
    async listUsage({ keys }, call) {
      const usage = await listUsage(context, call, keys);
      return { usage: usage.map(toWireUsage) };
    },
    async closeAuditChain({ chain }, call) {
      const lastPosition = await closeAuditChain(context, call, chain);
      return { lastPosition: BigInt(lastPosition) };
    },
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

function toWireEvent(record: ChainedRecord) {
  const { timeMs, mac: _mac, names, position, decision, ...event } = record;
  const outcome = outcomeOf(record);
  return {
    ...event,
    time: toTimestamp(timeMs),
    names: [...names],
    position: BigInt(position),
    decision: wireDecisions[decision],
    validateOnly: isPlan(record),
    outcome: outcome === undefined ? SaveOutcome.UNSPECIFIED : wireOutcomes[outcome],
  };
}

const wireOutcomes: Record<RecordedOutcome, SaveOutcome> = {
  created: SaveOutcome.CREATED,
  updated: SaveOutcome.UPDATED,
  unchanged: SaveOutcome.UNCHANGED,
  removed: SaveOutcome.REMOVED,
  forbidden: SaveOutcome.FORBIDDEN,
};

function toWireUsage({ key, readers }: KeyUsage) {
  const [last] = readers;
  return {
    key,
    ...(last === undefined ? {} : { lastReadAt: toTimestamp(last.lastReadAtMs) }),
    readers: readers.map(({ slug, lastReadAtMs, version, reads }) => {
      return { slug, lastReadAt: toTimestamp(lastReadAtMs), version, reads };
    }),
  };
}

const wireKinds: Record<AuditProblem["kind"], AuditProblemKind> = {
  edited: AuditProblemKind.EDITED,
  missing: AuditProblemKind.MISSING,
  "cut-off": AuditProblemKind.CUT_OFF,
  unregistered: AuditProblemKind.UNREGISTERED,
  "bad-checkpoint": AuditProblemKind.BAD_CHECKPOINT,
  unfinished: AuditProblemKind.UNFINISHED,
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
