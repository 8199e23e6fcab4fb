import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { SecretState } from "../../gen/secret/v1/secret_service_pb.ts";
import { viewer } from "../account.ts";
import { folderProblem, openFolder, searchService } from "../folders.ts";
import { markedText } from "../model/marks.ts";
import { countOf, numberText } from "../model/words.ts";
import { Icon } from "../parts/icon.tsx";
import { Lazy } from "../parts/lazy.tsx";
import { Empty, ProblemNote, Skeleton } from "../parts/note.tsx";
import { matchCount, SecretList, useMatches } from "../parts/secret-list.tsx";
import { useShortcuts } from "../parts/use-shortcuts.ts";
import { goTo, links, route } from "../route.ts";
import { allEntries, damagedKeys, type Entry, loadMax, loadState, reloadAll, watchState } from "../store.ts";

const loadPanel = () => import("./secret.tsx").then((module) => module.SecretPanel);
const loadEdit = () => import("./edit.tsx").then((module) => module.EditDialog);
const loadRemoved = () => import("./removed.tsx").then((module) => module.RemovedList);

/** What the list is narrowed to by state. `removed`: what can be brought back, instead of what is there. */
export type StateFilter = SecretState | "all" | "removed";

const chips: readonly (readonly [state: StateFilter, word: string])[] = [
  ["all", "All"],
  [SecretState.EXPIRING, "Expiring"],
  [SecretState.EXPIRED, "Expired"],
  [SecretState.ROTATION_DUE, "Rotation due"],
];

const chipKinds: Readonly<Partial<Record<StateFilter, string>>> = {
  [SecretState.EXPIRING]: "warn",
  [SecretState.EXPIRED]: "bad",
};

export function SecretsScreen() {
  const query = useSignal("");
  const filter = useSignal<StateFilter>("all");
  const isNew = useSignal(false);
  const removedCount = useSignal<number | undefined>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const at = route.value;
  const key = at.screen === "secrets" ? at.key : undefined;
  const entries = allEntries.value;
  const matches = useMatches()(entries, query.value);
  const counts = useMemo(() => countStates(matches), [matches]);

  useShortcuts({
    "/": () => search.current?.focus(),
    n: () => {
      isNew.value = true;
    },
    Escape: () => {
      if (key !== undefined) goTo(links.secrets);
      document.getElementById("rows")?.focus();
    },
  });
  useEffect(() => {
    document.title = key === undefined ? "Secrets" : `${markedText(key)} · Secrets`;
  }, [key]);

  const { more, done } = loadState.value;
  // What is opened next is there by then.
  useEffect(() => {
    if (done) loadPanel().catch(() => undefined);
  }, [done]);
  useEffect(() => {
    if (more) openFolder("");
  }, [more]);
  useEffect(() => {
    const stopping = new AbortController();
    const timer = setTimeout(() => void searchService(query.value, stopping.signal), 300);
    return () => {
      clearTimeout(timer);
      stopping.abort();
    };
  }, [query.value, more]);

  const clear = () => {
    query.value = "";
    filter.value = "all";
  };
  const isKnown = entries.length > 0 || loadState.value.done;
  const isFiltered = query.value.trim() !== "" || filter.value !== "all";
  return (
    <>
      <div class={key === undefined ? "list" : "list narrow"}>
        <div class="bar">
          <h1>Secrets</h1>
          <a class="button only-wide" href="#/import">
            <Icon name="import" />
            Import
          </a>
          <button type="button" class="first" onClick={() => (isNew.value = true)}>
            <Icon name="plus" />
            New
          </button>
        </div>
        <div class="find">
          <div class="search">
            <Icon name="search" />
            <input
              ref={search}
              type="search"
              aria-label="Find a secret"
              placeholder="Find a secret"
              autocomplete="off"
              spellcheck={false}
              value={query.value}
              onInput={(event) => (query.value = event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape" && query.value !== "") query.value = "";
                else if (event.key === "ArrowDown" || event.key === "Enter" || event.key === "Escape") {
                  document.getElementById("rows")?.focus();
                } else return;
                event.preventDefault();
              }}
            />
            {query.value === "" && <kbd>/</kbd>}
          </div>
          <fieldset class="chips" aria-label="State">
            {chips.map(([state, word]) => (
              <button
                key={word}
                type="button"
                aria-pressed={filter.value === state}
                class={counts.get(state) === undefined ? "" : chipKinds[state]}
                onClick={() => (filter.value = state)}
              >
                {word} {isKnown && numberText(state === "all" ? matches.length : (counts.get(state) ?? 0))}
              </button>
            ))}
            <button type="button" aria-pressed={filter.value === "removed"} onClick={() => (filter.value = "removed")}>
              Removed {removedCount.value !== undefined && numberText(removedCount.value)}
            </button>
          </fieldset>
        </div>
        {filter.value === "removed" ? (
          <Lazy load={loadRemoved} props={{ query: query.value, count: removedCount }} meanwhile={<Skeleton />} />
        ) : (
          <ListContent
            query={query.value}
            filter={filter.value}
            matches={matches}
            chosen={key}
            isFiltered={isFiltered}
            onClear={clear}
            onNew={() => (isNew.value = true)}
          />
        )}
        <Foot removedCount={removedCount.value} />
      </div>
      {key !== undefined && (
        <Lazy
          key={key}
          load={loadPanel}
          props={{ secretKey: key }}
          meanwhile={
            <section class="panel">
              <Skeleton rows={6} />
            </section>
          }
        />
      )}
      {isNew.value && <Lazy load={loadEdit} props={{ onClose: () => (isNew.value = false) }} />}
    </>
  );
}

function countStates(entries: readonly { readonly state: SecretState }[]): ReadonlyMap<StateFilter, number> {
  const counts = new Map<StateFilter, number>();
  for (const { state } of entries) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

interface ListContentProps {
  readonly query: string;
  readonly filter: SecretState | "all";
  readonly matches: readonly Entry[];
  readonly chosen: string | undefined;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly onNew: () => void;
}

function ListContent({ onNew, ...list }: ListContentProps) {
  const { done, problem } = loadState.value;
  const isEmpty = allEntries.value.length === 0 && damagedKeys.value.length === 0;
  if (problem !== undefined && isEmpty) {
    return (
      <div class="rows-space">
        <ProblemNote problem={problem} retry={reloadAll} />
      </div>
    );
  }
  if (isEmpty && !done) {
    return (
      <div class="rows-space flush">
        <Skeleton />
      </div>
    );
  }
  if (isEmpty) return <NoSecrets onNew={onNew} />;
  if (folderProblem.value !== undefined) {
    return (
      <div class="rows-space">
        <ProblemNote problem={folderProblem.value} retry={() => (folderProblem.value = undefined)} />
      </div>
    );
  }
  return <SecretList {...list} />;
}

function NoSecrets({ onNew }: { onNew: () => void }) {
  const { admin, slug } = viewer.value;
  return (
    <div class="rows-space">
      <Empty title={admin ? "There are no secrets yet" : "You see no secrets yet"}>
        {admin ? (
          <p>Bring in a .env file, or save the first one.</p>
        ) : (
          <p>
            You see the secrets that name you or a role of yours, and may create keys under <code>{slug}/</code>.
          </p>
        )}
        <div class="row">
          <button type="button" onClick={onNew}>
            Save the first one
          </button>
          <a class="button" href="#/import">
            Bring in a .env file
          </a>
        </div>
      </Empty>
    </div>
  );
}

function Foot({ removedCount }: { removedCount: number | undefined }) {
  const count = allEntries.value.length;
  const { done, more, problem } = loadState.value;
  // What is shown by then is not live yet.
  const isLive = watchState.value === "live" && (done || more || count > 0);
  const of = matchCount.value === undefined ? "" : `${numberText(matchCount.value)} of `;
  const listWords = more
    ? `The first ${numberText(loadMax)} secrets, and what you open or search for`
    : count === 0 && !done
      ? "Loading…"
      : `${of}${countOf(count, "secret")}${done ? "" : " · loading"}`;
  const words = removedCount === undefined ? listWords : countOf(removedCount, "removed secret");
  return (
    <div class="foot">
      <span role="status">{words}</span>
      {problem !== undefined && count > 0 && (
        <button type="button" class="link" onClick={reloadAll}>
          Not all of them could be loaded: try again
        </button>
      )}
      <span class={isLive ? "live" : "live off"} title="Changes by others appear by themselves">
        {isLive ? "Live" : watchState.value === "reconnecting" ? "Reconnecting…" : "Connecting…"}
      </span>
    </div>
  );
}
