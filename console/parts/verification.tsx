import { type Signal, useSignal } from "@preact/signals";
import { AuditProblemKindSchema, type VerifyAuditResponse } from "../../gen/secret/v1/audit_service_pb.ts";
import { noticeOver, problemFrom } from "../api.ts";
import { auditService } from "../audit-api.ts";
import type { Problem } from "../model/words.ts";
import { countOf, numberText } from "../model/words.ts";
import { Note, ProblemNote } from "./note.tsx";

/** A check of all records: that none was edited, taken out or put in. */
export interface Verification {
  readonly progress: Signal<VerifyAuditResponse | undefined>;
  readonly isBusy: Signal<boolean>;
  readonly problem: Signal<Problem | undefined>;
}

export function useVerification(): Verification {
  return {
    progress: useSignal<VerifyAuditResponse | undefined>(undefined),
    isBusy: useSignal(false),
    problem: useSignal<Problem | undefined>(undefined),
  };
}

async function verify({ progress, isBusy, problem }: Verification): Promise<void> {
  isBusy.value = true;
  progress.value = undefined;
  problem.value = undefined;
  try {
    for await (const message of auditService.verifyAudit({}, { timeoutMs: 0 })) progress.value = message;
  } catch (error) {
    if (!noticeOver(error)) problem.value = problemFrom(error);
  } finally {
    isBusy.value = false;
  }
}

/** For operators only; it takes a while. */
export function VerifyButton({ verification }: { verification: Verification }) {
  const isBusy = verification.isBusy.value;
  return (
    <button
      type="button"
      title="Checks that no record was edited, taken out or put in"
      disabled={isBusy}
      onClick={() => void verify(verification)}
    >
      {isBusy ? "Verifying…" : "Verify the log"}
    </button>
  );
}

/** How far it has come, and what it has found. */
export function VerifyResult({ verification: { progress, isBusy, problem } }: { verification: Verification }) {
  const seen = progress.value;
  return (
    <>
      <div role="status" class={isBusy.value ? "muted field" : "sr"}>
        {seen === undefined ? "" : `${numberText(Number(seen.records))} checked`}
      </div>
      {problem.value !== undefined && <ProblemNote problem={problem.value} />}
      {seen?.done === true && seen.problems.length === 0 && (
        <Note kind="ok">
          {countOf(Number(seen.records), "record")} in {countOf(seen.chains, "chain")}: everything is as it was
          recorded.
        </Note>
      )}
      {seen?.done === true &&
        seen.problems.map(({ chain, position, kind }) => (
          <Note key={chain} kind="bad">
            Chain {chain}, record {numberText(Number(position))}:{" "}
            {AuditProblemKindSchema.value[kind]?.localName.toLowerCase().replaceAll("_", " ")}.
          </Note>
        ))}
    </>
  );
}
