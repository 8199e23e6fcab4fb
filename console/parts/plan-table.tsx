import { SaveOutcome, type SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { accessGroupsOf } from "../import-plan.ts";
import { fewInWords } from "../model/gains.ts";
import { countOf, fieldInWords } from "../model/words.ts";
import { findSecret } from "../store.ts";
import { AccessLines } from "./access-lines.tsx";
import { Region } from "./region.tsx";
import { Bdi } from "./text.tsx";

const outcomes: Readonly<Partial<Record<SaveOutcome, readonly [word: string, kind: string]>>> = {
  [SaveOutcome.CREATED]: ["to create", "ok"],
  [SaveOutcome.UPDATED]: ["to change", "info"],
  [SaveOutcome.UNCHANGED]: ["unchanged", ""],
  [SaveOutcome.FORBIDDEN]: ["forbidden", "bad"],
};

/** What an import would do with each secret, and who would get access by it. */
export function PlanTable({ plan }: { plan: readonly SaveResult[] }) {
  const count = (outcome: SaveOutcome) => plan.filter((result) => result.outcome === outcome).length;
  const parts = [
    [count(SaveOutcome.CREATED), "to create"],
    [count(SaveOutcome.UPDATED), "to change"],
    [count(SaveOutcome.UNCHANGED), "unchanged"],
    [count(SaveOutcome.FORBIDDEN), "forbidden"],
  ].filter(([number]) => number !== 0);
  return (
    <>
      <section aria-labelledby="plan-title">
        <h2 id="plan-title">Plan: {parts.map(([number, words]) => `${number} ${words}`).join(", ")}</h2>
        <Region label="Plan" class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Outcome</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {plan.map(({ key, outcome, version, changedFields, missingRight, missingPermit }) => (
                <tr key={key}>
                  <td data-head="Key">
                    <bdi class="key">{key}</bdi>
                  </td>
                  <td data-head="Outcome">
                    <span class={`chip ${outcomes[outcome]?.[1]}`}>{outcomes[outcome]?.[0]}</span>
                  </td>
                  <td data-head="What">
                    {outcome === SaveOutcome.UPDATED && (
                      <>
                        {changedFields.map((field) => fieldInWords(field).toLowerCase()).join(", ")}
                        <span class="muted">{replacedWords(key, version)}</span>
                      </>
                    )}
                    {missingPermit !== ""
                      ? `no permit for “${missingPermit}”`
                      : missingRight !== "" && `you lack the right “${missingRight}”`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Region>
      </section>
      <PlannedAccess plan={plan} />
    </>
  );
}

/** What is there already, and for how many names. */
function replacedWords(key: string, version: number): string {
  const readers = findSecret(key)?.readers.length;
  const names = readers === undefined ? "" : ` · ${countOf(readers, "reader")}`;
  return ` · replaces version ${version - 1}${names}`;
}

function PlannedAccess({ plan }: { plan: readonly SaveResult[] }) {
  const groups = accessGroupsOf(plan);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="planned-access">
      <h2 id="planned-access">Who gets access</h2>
      {plan.length > limits.explainedItems && (
        <p class="hint">
          With more than {limits.explainedItems} secrets, the names are as in the lists: who has a role is not shown.
        </p>
      )}
      {groups.map(({ keys, isNew, plan: each }) => (
        <div key={keys[0]} class="changes">
          <p>
            <b>{countOf(keys.length, isNew ? "new secret" : "secret")}</b>: <Bdi text={fewInWords(keys)} />
          </p>
          <ul>
            <AccessLines plan={each} />
            {each.listChanges.length === 0 && <li>No one but admins</li>}
          </ul>
        </div>
      ))}
    </section>
  );
}
