import { SaveOutcome, type SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import { joinWords } from "../model/gains.ts";
import { fieldInWords } from "../model/words.ts";
import { AccessLines, linesOf } from "./access-lines.tsx";

/** What a planned save would do: which fields change, and who gains and loses which right. */
export function Changes({ plan, hasValue }: { plan: SaveResult; hasValue: boolean }) {
  const { outcome, changedFields, listChanges, missingRight, missingPermit } = plan;
  if (outcome === SaveOutcome.FORBIDDEN) {
    return (
      <div class="note bad" role="alert">
        {missingPermit === ""
          ? `You may not save this: you lack the right “${missingRight}”.`
          : `You may not save this: no permit of yours is for “${missingPermit}”.`}
      </div>
    );
  }
  if (outcome === SaveOutcome.UNCHANGED) {
    return (
      <div class="note" role="status">
        Everything is stored like this already. Nothing would change.
      </div>
    );
  }
  const lines = linesOf(plan);
  const others = changedFields.filter((field) => field !== "value" && !listChanges.some(({ list }) => list === field));
  const isCreated = outcome === SaveOutcome.CREATED;
  const hasLosses = lines.some(({ gains }) => !gains);
  return (
    <div class={hasLosses ? "changes losses" : "changes"} role="status">
      <h2>What will change</h2>
      <ul>
        {isCreated && <li>A new secret</li>}
        {!isCreated && (changedFields.includes("value") || hasValue) && (
          <li>
            A new <b>value</b>
          </li>
        )}
        {!isCreated && others.length > 0 && <li>{joinWords(others.map(fieldInWords))}</li>}
        <AccessLines plan={plan} />
        {!isCreated && listChanges.length > 0 && lines.length === 0 && <li>No one gains or loses a right</li>}
      </ul>
    </div>
  );
}
