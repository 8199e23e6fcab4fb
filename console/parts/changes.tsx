import { SaveOutcome, type SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import { gainsOf, joinWords, rightsInWords } from "../model/gains.ts";
import { countOf, fieldInWords } from "../model/words.ts";
import { NameChanges } from "./name-changes.tsx";
import { Bdi, msOf, Time } from "./text.tsx";

/** More people than these make a list that no one reads. */
const peopleShown = 30;

/** What a planned save would do: which fields change, and who gains and loses which right. */
export function Changes({ plan, hasValue }: { plan: SaveResult; hasValue: boolean }) {
  const { outcome, changedFields, listChanges, missingRight, missingPermit, accessChanges, accessChangeCount } = plan;
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
  const lines = gainsOf(accessChanges.map((change) => ({ ...change, lastReadMs: msOf(change.lastReadAt) })));
  const others = changedFields.filter((field) => field !== "value" && !listChanges.some(({ list }) => list === field));
  const isCreated = outcome === SaveOutcome.CREATED;
  const hasLosses = lines.some(({ gains }) => !gains);
  const notShown = Math.max(accessChangeCount - accessChanges.length, lines.length - peopleShown);
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
        {listChanges.map(({ list, added, removed }) => (
          <li key={list}>
            {fieldInWords(list)}: <NameChanges added={added} removed={removed} />
          </li>
        ))}
        {lines.slice(0, peopleShown).map(({ slug, gains, rights, through, lastReadMs }) => (
          <li key={`${slug} ${gains}`}>
            <b class={gains ? "plus" : "minus"}>
              <Bdi text={slug} />
            </b>{" "}
            {gains ? "gains" : "loses"} <b>{rightsInWords(rights)}</b>
            {through.some((name) => name !== slug) && (
              <span class="muted">
                {" "}
                (by <Bdi text={through.filter((name) => name !== slug).join(", ")} />)
              </span>
            )}
            {!gains && lastReadMs !== undefined && (
              <>
                , and has read it <Time at={lastReadMs} />
              </>
            )}
          </li>
        ))}
        {notShown > 0 && <li>and {countOf(notShown, "more change")} of rights</li>}
        {!isCreated && listChanges.length > 0 && lines.length === 0 && <li>No one gains or loses a right</li>}
      </ul>
    </div>
  );
}
