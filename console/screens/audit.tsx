import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { AuditDecision, type AuditEvent } from "../../gen/secret/v1/audit_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { viewer, who } from "../account.ts";
import { problemFrom } from "../api.ts";
import { auditService } from "../audit-api.ts";
import { download, exportMax, lineOf } from "../audit-export.ts";
import { actionGroups, keySelector, lateFrom } from "../model/audit.ts";
import { day } from "../model/time.ts";
import { countOf, type Problem } from "../model/words.ts";
import { loadNames, names } from "../names.ts";
import { AuditTable } from "../parts/audit-table.tsx";
import { Icon } from "../parts/icon.tsx";
import { Empty, ProblemNote, Skeleton, say } from "../parts/note.tsx";
import { Region } from "../parts/region.tsx";
import { Bdi, msOf, Time } from "../parts/text.tsx";
import { useVerification, VerifyButton, VerifyResult } from "../parts/verification.tsx";
import { goTo, links, route } from "../route.ts";
import { serviceNow } from "../session.ts";

const decisions: readonly (readonly [decision: AuditDecision, word: string, about: string])[] = [
  [AuditDecision.UNSPECIFIED, "All", ""],
  [AuditDecision.ALLOWED, "Allowed", ""],
  [AuditDecision.DENIED, "Denied", "who asked lacked the right"],
  [AuditDecision.REFUSED, "Refused", "another reason, such as a newer version or a wrong field"],
];

const spans: readonly (readonly [days: number, word: string])[] = [
  [0, "At any time"],
  [1, "Since yesterday"],
  [7, "The last 7 days"],
  [30, "The last 30 days"],
];

const pageSize = 100;

/** Reads and changes, and who made them. Others than admins see the records of one key that they may write or own. */
export function AuditScreen() {
  const at = route.value;
  const key = at.screen === "audit" ? at.key : "";
  const principal = useSignal("");
  /** What is in the field of names: records that come meanwhile must not take it back. */
  const typedName = useSignal("");
  const group = useSignal("main");
  const decision = useSignal<AuditDecision>(AuditDecision.UNSPECIFIED);
  const days = useSignal(0);
  const events = useSignal<readonly AuditEvent[] | undefined>(undefined);
  const next = useSignal("");
  /** Since when records may be missing. */
  const lateSince = useSignal<number | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const keyField = useRef<HTMLInputElement>(null);
  const asked = useRef(0);
  const verification = useVerification();
  const isAll = viewer.value.admin && !viewer.value.isNarrowed;
  const mayAsk = isAll || key !== "";

  const request = (pageToken: string, size = pageSize) => {
    const sinceMs = serviceNow() - days.value * day;
    const { actions = [] } = actionGroups.find(({ id }) => id === group.value) ?? {};
    return {
      ...keySelector(key),
      principal: principal.value.trim(),
      actions: [...actions],
      decision: decision.value,
      ...(days.value === 0 ? {} : { startTime: { seconds: BigInt(Math.floor(sinceMs / 1000)), nanos: 0 } }),
      pageSize: size,
      pageToken,
    };
  };
  /** What the records are narrowed by, in words. */
  const filters = [
    key,
    principal.value.trim(),
    group.value !== "all" && actionGroups.find(({ id }) => id === group.value)?.word,
    days.value !== 0 && spans.find(([span]) => span === days.value)?.[1],
    decision.value !== AuditDecision.UNSPECIFIED && decisions.find(([value]) => value === decision.value)?.[1],
  ].filter((word) => word !== false && word !== "");
  /** A search for what was not allowed is one for all of it, look-ups also. */
  const choose = (value: AuditDecision) => {
    decision.value = value;
    if (value !== AuditDecision.UNSPECIFIED && value !== AuditDecision.ALLOWED && group.value === "main") {
      group.value = "all";
    }
  };
  const clear = () => {
    principal.value = "";
    typedName.value = "";
    group.value = "all";
    days.value = 0;
    decision.value = AuditDecision.UNSPECIFIED;
    // Others than admins see the records of one key only.
    if (isAll) goTo(links.audit());
  };
  const load = async (pageToken: string) => {
    problem.value = undefined;
    if (pageToken === "") {
      events.value = undefined;
      asked.current += 1;
    }
    const own = asked.current;
    try {
      const page = await auditService.listAuditEvents(request(pageToken));
      // A late answer to a former filter is not what is shown now.
      if (own !== asked.current) return;
      events.value = [...(events.value ?? []), ...page.events];
      next.value = page.nextPageToken;
      if (pageToken === "") lateSince.value = lateFrom(msOf(page.completeUntil), serviceNow());
    } catch (error) {
      if (own === asked.current) problem.value = problemFrom(error);
    }
  };
  useEffect(() => {
    document.title = "Audit · Secrets";
    void loadNames();
  }, []);
  useEffect(() => {
    if (mayAsk) void load("");
  }, [key, principal.value, group.value, decision.value, days.value, mayAsk]);

  const exportAll = async () => {
    const lines: string[] = [];
    try {
      for (let pageToken = ""; ; ) {
        const page = await auditService.listAuditEvents(request(pageToken, limits.pageMax));
        lines.push(...page.events.map(lineOf));
        pageToken = page.nextPageToken;
        if (pageToken === "" || lines.length >= exportMax) break;
      }
      download("audit.jsonl", `${lines.join("\n")}\n`);
      say(
        lines.length >= exportMax ? `The newest ${countOf(lines.length, "record")}.` : countOf(lines.length, "record"),
      );
    } catch (error) {
      problem.value = problemFrom(error);
    }
  };
  return (
    <Region label="Audit" class="page">
      <div class="bar">
        <h1>Audit</h1>
        {who.value?.operator === true && <VerifyButton verification={verification} />}
        {mayAsk && (
          <>
            <button type="button" onClick={() => void exportAll()}>
              Export
            </button>
            <button type="button" onClick={() => void load("")}>
              Refresh
            </button>
          </>
        )}
      </div>
      <div class="inner">
        <form
          class="filters"
          onSubmit={(event) => {
            event.preventDefault();
            goTo(links.audit(keyField.current?.value.trim() ?? ""));
          }}
        >
          <div class="search key-field">
            <Icon name="key" />
            <input
              ref={keyField}
              key={key}
              class="mono"
              type="search"
              defaultValue={key}
              aria-label="Key"
              placeholder={isAll ? "Whole key, or e.g. prod/*" : "Whole key"}
              autocomplete="off"
              spellcheck={false}
            />
          </div>
          {isAll && (
            <div class="search who-field">
              <Icon name="person" />
              <input
                type="search"
                list="audit-names"
                aria-label="Who"
                placeholder="Who"
                autocomplete="off"
                value={typedName.value}
                onInput={(event) => (typedName.value = event.currentTarget.value)}
                onChange={(event) => (principal.value = event.currentTarget.value)}
              />
              <datalist id="audit-names">
                {[...names.value.values()].map(
                  ({ name, kind }) => kind === "user" && <option key={name} value={name} />,
                )}
              </datalist>
            </div>
          )}
          <select
            aria-label="Since"
            value={String(days.value)}
            onChange={(event) => (days.value = Number(event.currentTarget.value))}
          >
            {spans.map(([span, word]) => (
              <option key={word} value={String(span)}>
                {word}
              </option>
            ))}
          </select>
          <select aria-label="What" value={group.value} onChange={(event) => (group.value = event.currentTarget.value)}>
            {actionGroups.map(({ id, word }) => (
              <option key={id} value={id}>
                {word}
              </option>
            ))}
          </select>
          <fieldset class="chips" aria-label="Decision">
            {decisions.map(([value, word]) => (
              <button key={word} type="button" aria-pressed={decision.value === value} onClick={() => choose(value)}>
                {word}
              </button>
            ))}
          </fieldset>
          <button type="submit" class="sr">
            Show
          </button>
        </form>
        {mayAsk && (
          <p class="hint legend field">
            <span>
              {group.value === "all"
                ? "Everything is shown. "
                : "Look-ups, reviews before a save (plans) and sign-ins are left out. "}
              {group.value === "all" ? (
                <button type="button" class="link" onClick={() => (group.value = "main")}>
                  Only reads and changes
                </button>
              ) : (
                <button type="button" class="link" onClick={() => (group.value = "all")}>
                  Show everything
                </button>
              )}
            </span>
            {decisions.map(
              ([, word, about]) =>
                about !== "" && (
                  <span key={word}>
                    <b>{word}</b>: {about}
                  </span>
                ),
            )}
          </p>
        )}
        <VerifyResult verification={verification} />
        {lateSince.value !== undefined && (
          <p class="hint">
            Newer reads than <Time at={lateSince.value} isExact /> may be missing.
          </p>
        )}
        {problem.value !== undefined && <ProblemNote problem={problem.value} retry={() => void load("")} />}
        {!mayAsk && (
          <Empty title="Which key?">
            <p>
              You see the records of keys that you may write, or that you own. A key must be exactly as it is stored.
            </p>
          </Empty>
        )}
        {mayAsk && problem.value === undefined && events.value === undefined && <Skeleton />}
        {events.value !== undefined && events.value.length === 0 && (
          <Empty title="No records">
            {filters.length > 0 && (
              <p>
                With <Bdi text={filters.join(" · ")} />
              </p>
            )}
            <p>A key or a name must be exactly as it is stored{isAll && "; in a key, “*” stands for anything"}.</p>
            {filters.length > (isAll || key === "" ? 0 : 1) && (
              <div class="row">
                <button type="button" onClick={clear}>
                  Clear filters
                </button>
              </div>
            )}
          </Empty>
        )}
        {events.value !== undefined && events.value.length > 0 && (
          <>
            <AuditTable events={events.value} hasPeer={isAll} />
            {next.value !== "" && (
              <div class="row older">
                <button type="button" onClick={() => void load(next.value)}>
                  Older records
                </button>
              </div>
            )}
          </>
        )}
      </div>
    </Region>
  );
}
