import type { Differences, PairDifference } from "../model/differences.ts";
import { fieldInWords } from "../model/words.ts";
import { NameChanges } from "./name-changes.tsx";
import { Bdi } from "./text.tsx";

/** What another person saved while this one was typing. That there is another value is said, never which. */
export function TheirChanges({ changes: { pairs, lists }, hasValue }: { changes: Differences; hasValue: boolean }) {
  return (
    <ul class="theirs">
      {hasValue && <li>The value is another one</li>}
      <PairLines pairs={pairs} />
      {lists.map(({ list, added, removed }) => (
        <li key={list}>
          <b>{fieldInWords(list)}</b>: <NameChanges added={added} removed={removed} />
        </li>
      ))}
    </ul>
  );
}

/** Of each pair of metadata, what it was and what it is. */
export function PairLines({ pairs }: { pairs: readonly PairDifference[] }) {
  return (
    <>
      {pairs.map(({ name, before, after }) => (
        <li key={name}>
          <b>
            <Bdi text={name} />
          </b>
          :{" "}
          {before === undefined ? (
            "added as "
          ) : (
            <>
              <s>
                <Bdi text={before} />
              </s>
              {after === undefined ? " taken away" : " is now "}
            </>
          )}
          {after !== undefined && <Bdi text={after} />}
        </li>
      ))}
    </>
  );
}
