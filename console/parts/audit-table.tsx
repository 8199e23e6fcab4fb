import { AuditDecision, type AuditEvent } from "../../gen/secret/v1/audit_service_pb.ts";
import { SaveOutcome } from "../../gen/secret/v1/secret_service_pb.ts";
import { ruleInWords } from "../model/rule-words.ts";
import { numberText } from "../model/words.ts";
import { links } from "../route.ts";
import { Region } from "./region.tsx";
import { Bdi, Time } from "./text.tsx";

const words: Readonly<Record<AuditDecision, readonly [word: string, kind: string]>> = {
  [AuditDecision.UNSPECIFIED]: ["", ""],
  [AuditDecision.ALLOWED]: ["allowed", ""],
  [AuditDecision.DENIED]: ["denied", "bad"],
  [AuditDecision.REFUSED]: ["refused", "warn"],
};

/** What came of a save: its action is the same. */
const outcomes: Readonly<Partial<Record<SaveOutcome, string>>> = {
  [SaveOutcome.CREATED]: "created",
  [SaveOutcome.UPDATED]: "changed",
  [SaveOutcome.UNCHANGED]: "unchanged",
};

/** Records as a table; on a narrow screen, each as a card. */
export function AuditTable({ events, hasPeer }: { events: readonly AuditEvent[]; hasPeer: boolean }) {
  return (
    <Region label="Records" class="scroll">
      <table class="cards records">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Action</th>
            <th scope="col">Key, user or token</th>
            <th scope="col">Decision</th>
            <th scope="col">Why</th>
            {hasPeer && <th scope="col">From</th>}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={`${event.chain} ${event.position}`}>
              <td class="at muted">
                <Time at={event.time} isExact />
              </td>
              <td class="by">
                <Bdi text={event.principal} />
              </td>
              <td class="mono grow">
                <span class={event.action.endsWith(".remove") ? "minus" : undefined}>{event.action}</span>{" "}
                <span class="muted">{outcomes[event.outcome]}</span>
              </td>
              <td class="wide-cell">
                <What event={event} />
              </td>
              <td class="decision">
                <span class={`chip ${words[event.decision]?.[1]}`}>{words[event.decision]?.[0]}</span>
              </td>
              <td class="at muted why" title={event.rule}>
                {ruleInWords(event.rule)}
              </td>
              {hasPeer && (
                <td class="at muted mono">
                  <Bdi text={event.peer} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Region>
  );
}

const namesShown = 5;

/** A longer filter says little, and would take the room of several records: the export has the whole. */
const filterShown = 60;

function What({ event: { action, key, version, count, names, filter } }: { event: AuditEvent }) {
  if (key !== "" && action.startsWith("secret.")) {
    return (
      <span>
        <a href={links.secret(key)}>
          <bdi class="key">{key}</bdi>
        </a>
        {version > 0 && <span class="muted"> v{version}</span>}
      </span>
    );
  }
  if (key === "" && count === 0 && filter === "") return null;
  const others = names.length > namesShown || count > names.length ? " …" : "";
  const list = names.length === 0 ? "" : names.slice(0, namesShown).join(", ") + others;
  return (
    <span class="key">
      <Bdi text={key} /> {count > 0 && <span class="muted">{numberText(count) + (list === "" ? "" : ": ")}</span>}
      <span class={key === "" ? undefined : "muted"}>
        <Bdi text={list} />
      </span>
      {filter !== "" && (
        <span class="muted">
          {" "}
          <Bdi text={filter.length > filterShown ? `${filter.slice(0, filterShown)}…` : filter} />
        </span>
      )}
    </span>
  );
}
