import { useSignal } from "@preact/signals";
import { AuditProblemKindSchema, type VerifyAuditResponse } from "../../gen/secret/v1/audit_service_pb.ts";
import { noticeOver, problemFrom } from "../api.ts";
import { auditService } from "../audit-api.ts";
import type { Problem } from "../model/words.ts";
import { countOf, numberText } from "../model/words.ts";
import { Note, ProblemNote } from "./note.tsx";

/** Checks that no record was edited, taken out or put in. Operators only; it takes a while. */
export function VerifyBox() {
  const progress = useSignal<VerifyAuditResponse | undefined>(undefined);
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const verify = async () => {
    isBusy.value = true;
    problem.value = undefined;
    try {
      for await (const message of auditService.verifyAudit({}, { timeoutMs: 0 })) progress.value = message;
    } catch (error) {
      if (!noticeOver(error)) problem.value = problemFrom(error);
    } finally {
      isBusy.value = false;
    }
  };
  const seen = progress.value;
  return (
    <>
      <div class="row field">
        <button type="button" disabled={isBusy.value} onClick={() => void verify()}>
          {isBusy.value ? "Verifying…" : "Verify all records"}
        </button>
        <span class="muted" role="status">
          {seen === undefined ? "" : `${numberText(Number(seen.records))} checked`}
        </span>
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
