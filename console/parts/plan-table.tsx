import { SaveOutcome, type SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { listOfRight, rights } from "../../src/text/access-list-names.ts";
import { accessGroupsOf } from "../import-plan.ts";
import { fewInWords, joinWords, rightsInWords } from "../model/gains.ts";
import { countOf, fieldInWords } from "../model/words.ts";
import { findSecret } from "../store.ts";
import { AccessLines } from "./access-lines.tsx";
import { Region } from "./region.tsx";
import { Bdi, Key } from "./text.tsx";

/** More names than these are counted. */
const readersShown = 8;

const outcomes: Readonly<Partial<Record<SaveOutcome, readonly [word: string, kind: string]>>> = {
  [SaveOutcome.CREATED]: ["to create", "ok"],
  [SaveOutcome.UPDATED]: ["to change", "warn"],
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
      <Replaced plan={plan} />
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
                    <Key text={key} />
                  </td>
                  <td data-head="Outcome">
                    <span class={`chip ${outcomes[outcome]?.[1]}`}>{outcomes[outcome]?.[0]}</span>
                  </td>
                  <td data-head="What">
                    {outcome === SaveOutcome.UPDATED && (
                      <>
                        {fieldsOf(changedFields)} · version {version}
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

function fieldsOf(names: readonly string[]): string {
  return joinWords(names.map((name) => fieldInWords(name).toLowerCase()));
}

/** What is in use already, and by whom: that is what an import can break. */
function Replaced({ plan }: { plan: readonly SaveResult[] }) {
  const changed = plan.filter(({ outcome }) => outcome === SaveOutcome.UPDATED);
  if (changed.length === 0) return null;
  return (
    <section class="changes losses" aria-label="What is replaced">
      <h2>{countOf(changed.length, "secret")} in use would change</h2>
      <ul>
        {changed.map(({ key, changedFields, version }) => (
          <li key={key}>
            <Key text={key} />: {fieldsOf(changedFields)} of version {version - 1}, read by{" "}
            <Bdi text={fewInWords([...(findSecret(key)?.readers ?? []), "admins"], readersShown)} />, becomes version{" "}
            {version}
          </li>
        ))}
      </ul>
    </section>
  );
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
            {isNew && <Others plan={each} />}
          </ul>
        </div>
      ))}
    </section>
  );
}

/** The rights that no one is given: it says so, because it is as important as who gets the others. */
function Others({ plan: { listChanges } }: { plan: SaveResult }) {
  const left = rights.filter((right) => !listChanges.some(({ list }) => list === listOfRight[right]));
  return left.length === 0 ? null : <li>Only admins may {rightsInWords(left)}</li>;
}
