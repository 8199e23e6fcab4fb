import { signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { SecretState } from "../../gen/secret/v1/secret_service_pb.ts";
import { stubs } from "../folders.ts";
import { dueInWords } from "../model/due.ts";
import { isNarrower, type Match, matchesAll, matchSecret, wordsOf } from "../model/filter.ts";
import { buildTree, type FolderRow, foldersAbove, type ItemRow, rowsOf } from "../model/tree.ts";
import { countOf } from "../model/words.ts";
import { goTo, links } from "../route.ts";
import { allEntries, damagedKeys, type Entry, isFlashing } from "../store.ts";
import { Icon } from "./icon.tsx";
import { Empty } from "./note.tsx";
import { StateChip } from "./state-chip.tsx";
import { Bdi, Key, Time } from "./text.tsx";
import { useOpenFolders } from "./use-open-folders.ts";
import { VirtualList } from "./virtual-list.tsx";

/** Rows that match the filter. Undefined while there is none. */
export const matchCount = signal<number | undefined>(undefined);

interface MatchRow {
  readonly kind: "match";
  readonly entry: Entry;
}

interface DamagedRow {
  readonly kind: "damaged";
  readonly key: string;
}

type ListRow = FolderRow | ItemRow<Entry> | MatchRow | DamagedRow;

export interface SecretListProps {
  readonly query: string;
  readonly filter: SecretState | "all";
  /** What the query finds, whatever its state. */
  readonly matches: readonly Entry[];
  readonly chosen: string | undefined;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

/** All secrets as a tree; while a filter is set, those that match as a flat list. */
export function SecretList({ query, filter, matches, chosen, isFiltered, onClear }: SecretListProps) {
  const activeId = useSignal("");
  const entries = allEntries.value;
  const damaged = damagedKeys.value;
  const unloaded = stubs.value;
  const tree = useMemo(() => buildTree(entries, unloaded), [entries, unloaded]);
  const { open, setOpen } = useOpenFolders(tree);
  const rows = useMemo<readonly ListRow[]>(() => {
    const broken = damaged.map((key): DamagedRow => ({ kind: "damaged", key }));
    if (!isFiltered) return [...broken, ...rowsOf(tree, open)];
    return [
      ...broken.filter(({ key }) => filter === "all" && key.includes(query)),
      ...matches
        .filter(({ state }) => filter === "all" || state === filter)
        .map((entry): MatchRow => ({ kind: "match", entry })),
    ];
  }, [tree, open, isFiltered, query, filter, matches, damaged]);

  // A link may lead to a secret in closed folders.
  useEffect(() => {
    if (chosen === undefined) return;
    setOpen(foldersAbove(chosen), true);
    activeId.value = `s:${chosen}`;
  }, [chosen]);

  useEffect(() => {
    matchCount.value = isFiltered ? rows.length : undefined;
    return () => {
      matchCount.value = undefined;
    };
  }, [isFiltered, rows]);

  const found = rows.findIndex((row) => hasId(row, activeId.value));
  const active = Math.max(0, found);
  const move = (index: number) => {
    const row = rows[index];
    if (row !== undefined) activeId.value = idOf(row);
  };
  if (rows.length === 0) {
    return (
      <div class="rows-space">
        <Empty title="Nothing matches">
          <div class="row">
            <button type="button" onClick={onClear}>
              Clear filters
            </button>
          </div>
        </Empty>
      </div>
    );
  }
  const openRow = (row: ListRow) => {
    if (row.kind === "folder") setOpen([row.path], !row.isOpen);
    else goTo(links.secret(keyOf(row)));
  };
  const onKey = (key: string, row: ListRow): boolean => {
    if (key === "ArrowRight") {
      if (row.kind !== "folder") return false;
      if (row.isOpen) move(active + 1);
      else setOpen([row.path], true);
      return true;
    }
    if (key !== "ArrowLeft") return false;
    if (row.kind === "folder" && row.isOpen) setOpen([row.path], false);
    else if (row.kind === "folder" || row.kind === "item") move(parentOf(rows, active));
    return true;
  };
  return (
    <>
      <div class="heads" aria-hidden="true">
        <span>Key</span>
        <span class="readers">Readers, besides admins</span>
        <span class="by">Changed by</span>
        <span class="when">When</span>
        <span class="state">State</span>
      </div>
      <VirtualList
        label={isFiltered ? `Secrets that match: ${countOf(rows.length, "row")}` : "Secrets"}
        role={isFiltered ? "listbox" : "tree"}
        rows={rows}
        idOf={idOf}
        subject={isFiltered ? `${filter} ${query}` : ""}
        active={active}
        onActive={move}
        onKey={onKey}
        onOpen={openRow}
        renderRow={(row, at) => (
          <ListItem
            key={at.id}
            row={row}
            at={at}
            isChosen={row.kind !== "folder" && keyOf(row) === chosen}
            isInTree={!isFiltered}
            query={query}
          />
        )}
      />
    </>
  );
}

interface Found {
  readonly entries: readonly Entry[];
  readonly query: string;
  readonly matches: readonly Entry[];
}

/** What a query finds. With one more letter than before it looks through what was found before. */
export function useMatches(): (entries: readonly Entry[], query: string) => readonly Entry[] {
  const last = useRef<Found | undefined>(undefined);
  return (entries, query) => {
    const before = last.current;
    const isSame = before?.entries === entries;
    if (isSame && before.query === query) return before.matches;
    const words = wordsOf(query);
    const among = isSame && isNarrower(query, before.query) ? before.matches : entries;
    const matches = words.length === 0 ? entries : among.filter(({ searchable }) => matchesAll(words, searchable));
    last.current = { entries, query, matches };
    return matches;
  };
}

function parentOf(rows: readonly ListRow[], index: number): number {
  const row = rows[index];
  if (row === undefined || !("depth" in row)) return index;
  for (let at = index - 1; at >= 0; at -= 1) {
    const above = rows[at];
    if (above?.kind === "folder" && above.depth < row.depth) return at;
  }
  return index;
}

function idOf(row: ListRow): string {
  if (row.kind === "folder") return `f:${row.path}`;
  return row.kind === "damaged" ? `d:${row.key}` : `s:${keyOf(row)}`;
}

/** The same as comparing with `idOf`, which would make a text for each of thousands of rows. */
function hasId(row: ListRow, id: string): boolean {
  const name = row.kind === "folder" ? row.path : keyOf(row);
  return id.length === name.length + 2 && id.endsWith(name) && idOf(row) === id;
}

function keyOf(row: Exclude<ListRow, FolderRow>): string {
  if (row.kind === "item") return row.item.key;
  return row.kind === "match" ? row.entry.key : row.key;
}

interface ListItemProps {
  readonly row: ListRow;
  readonly at: { readonly id: string; readonly top: number; readonly isActive: boolean; readonly onClick: () => void };
  readonly isChosen: boolean;
  readonly isInTree: boolean;
  readonly query: string;
}

function ListItem({ row, at, isChosen, isInTree, query }: ListItemProps) {
  const { id, top, isActive, onClick } = at;
  const isFlash = row.kind !== "folder" && isFlashing(keyOf(row));
  const className = `item${isActive ? " active" : ""}${isChosen ? " chosen" : ""}${isFlash ? " flash" : ""}`;
  const shared = { id, class: className, style: { top: `${top}px` }, onClick };
  if (row.kind === "folder" || row.kind === "item") {
    const isOpen = row.kind === "folder" ? row.isOpen : undefined;
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus
      <div
        {...shared}
        role="treeitem"
        aria-level={row.depth + 1}
        aria-posinset={row.position}
        aria-setsize={row.setSize}
        aria-expanded={isOpen}
        aria-selected={isChosen}
      >
        {/* Not a padding of the row: its columns would no longer be below each other. */}
        <span style={{ flex: "none", width: `${row.depth * 18 - 8}px` }} hidden={row.depth === 0} />
        {row.kind === "folder" ? <FolderContent row={row} /> : <SecretContent entry={row.item} name={row.name} />}
      </div>
    );
  }
  const part = isInTree ? ({ role: "treeitem", "aria-level": 1 } as const) : ({ role: "option" } as const);
  return (
    <div {...shared} {...part} {...{ "aria-selected": isChosen }}>
      {row.kind === "match" ? (
        <SecretContent entry={row.entry} match={matchSecret(query, row.entry.secret)} />
      ) : (
        <>
          <Icon name="alert" />
          <span class="name">
            <Key text={row.key} />
          </span>
          <span class="chip bad">stored document does not verify</span>
        </>
      )}
    </div>
  );
}

function FolderContent({ row: { name, isOpen, due, count, hasMore } }: { row: FolderRow }) {
  const found = dueInWords(due);
  return (
    <>
      <Icon name="turn" class={isOpen ? "turn open" : "turn"} />
      <Icon name="folder" />
      <bdi class="name">{name}</bdi>
      {found.length > 0 && (
        <span class="due" title={found.map(([words]) => words).join(" · ")}>
          {found.map(([words, kind], at) => (
            <>
              {at > 0 && " · "}
              <span class={kind}>{words}</span>
            </>
          ))}
        </span>
      )}
      <span class="count">{hasMore ? `${count}+` : count}</span>
    </>
  );
}

interface SecretContentProps {
  readonly entry: Entry;
  readonly name?: string;
  readonly match?: Match | undefined;
}

function SecretContent({ entry: { secret }, name, match }: SecretContentProps) {
  return (
    <>
      <span class="no-turn" />
      <Icon name="key" />
      <span class="name" title={secret.key}>
        {match === undefined ? <bdi class="key">{name}</bdi> : <Key text={secret.key} ranges={match.ranges} />}
      </span>
      {match?.via !== undefined && (
        <span class="more">
          <Bdi text={match.via} />
        </span>
      )}
      <span class="readers more">{secret.readers.join(", ")}</span>
      <span class="by more">{secret.updatedBy}</span>
      <span class="when more">
        <Time at={secret.updatedAt} />
      </span>
      <span class="state">
        <StateChip secret={secret} />
      </span>
    </>
  );
}
