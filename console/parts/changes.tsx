import { SaveOutcome, type SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import { differencesOf } from "../model/differences.ts";
import { endWords, expiresMs } from "../model/expiry.ts";
import { fewInWords, joinWords } from "../model/gains.ts";
import type { Draft } from "../model/lists.ts";
import { relative } from "../model/time.ts";
import { fieldInWords } from "../model/words.ts";
import { serviceNow } from "../session.ts";
import { AccessLines, linesOf } from "./access-lines.tsx";
import { Bdi } from "./text.tsx";
import { PairLines } from "./their-changes.tsx";

/** More names than these are counted. */
const readersShown = 8;

interface ChangesProps {
  readonly plan: SaveResult;
  readonly hasValue: boolean;
  readonly before: Draft;
  readonly after: Draft;
}

/** What a planned save would do: which fields change, and who gains and loses which right. */
export function Changes({ plan, hasValue, before, after }: ChangesProps) {
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
  const typed = { ...after, metadata: after.metadata.filter(([name, text]) => name !== "" || text !== "") };
  const { pairs } = differencesOf(before, typed);
  const [, expires = ""] = after.metadata.find(([name]) => name === "expires") ?? [];
  const stillExpires = pairs.some(({ name }) => name === "expires") ? undefined : expiresMs(expires);
  const isSaid = (field: string) =>
    ["value", "metadata"].includes(field) || listChanges.some(({ list }) => list === field);
  const others = changedFields.filter((field) => !isSaid(field));
  const isCreated = outcome === SaveOutcome.CREATED;
  const hasLosses = lines.some(({ gains }) => !gains);
  return (
    <div class={hasLosses ? "changes losses" : "changes"} role="status">
      <h2>What will change</h2>
      <ul>
        {(isCreated || changedFields.includes("value") || hasValue) && (
          <li>
            A new <b>{isCreated ? "secret" : "value"}</b>, read by{" "}
            <Bdi text={fewInWords([...after.lists.readers, "admins"], readersShown)} />
          </li>
        )}
        {!isCreated && hasValue && stillExpires !== undefined && (
          <li>
            It still <b>expires</b>: {endWords(stillExpires)} ({relative(stillExpires, serviceNow())})
          </li>
        )}
        <PairLines pairs={pairs} />
        {!isCreated && others.length > 0 && <li>{joinWords(others.map(fieldInWords))}</li>}
        <AccessLines plan={plan} />
        {!isCreated && listChanges.length > 0 && lines.length === 0 && <li>No one gains or loses a right</li>}
      </ul>
    </div>
  );
}
