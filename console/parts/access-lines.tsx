import type { SaveResult } from "../../gen/secret/v1/secret_service_pb.ts";
import { gainsOf, rightsInWords } from "../model/gains.ts";
import { countOf, fieldInWords } from "../model/words.ts";
import { NameChanges } from "./name-changes.tsx";
import { Bdi, msOf, Time } from "./text.tsx";

/** What a plan says about access. */
export type AccessPlan = Pick<SaveResult, "listChanges" | "accessChanges" | "accessChangeCount">;

/** More people than these make a list that no one reads. */
const peopleShown = 30;

export function linesOf({ accessChanges }: AccessPlan) {
  return gainsOf(accessChanges.map((change) => ({ ...change, lastReadMs: msOf(change.lastReadAt) })));
}

/** Which names enter and leave which list, and who gains and loses which right by that. */
export function AccessLines({ plan }: { plan: AccessPlan }) {
  const { listChanges, accessChanges, accessChangeCount } = plan;
  const lines = linesOf(plan);
  const notShown = Math.max(accessChangeCount - accessChanges.length, lines.length - peopleShown);
  return (
    <>
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
    </>
  );
}
