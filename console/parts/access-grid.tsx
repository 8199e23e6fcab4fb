import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { AccessListName } from "../../src/text/access-list-names.ts";
import { viewer } from "../account.ts";
import type { ListDifference } from "../model/differences.ts";
import { columns, type GridCell, type GridRow, gridOf } from "../model/grid.ts";
import { type Lists, namesIn } from "../model/lists.ts";
import { loadNames, names } from "../names.ts";
import { Icon } from "./icon.tsx";
import { Region } from "./region.tsx";
import { Bdi } from "./text.tsx";

export interface AccessGridProps {
  readonly stored: Lists;
  /** Whose row says so. */
  readonly owner?: string;
  /** Absent: the grid is only shown. */
  readonly edited?: Lists;
  /** What a newer version has otherwise: cells that still show the old are marked. */
  readonly newer?: readonly ListDifference[] | undefined;
  readonly mayChange?: (list: AccessListName) => boolean;
  readonly onChange?: (list: AccessListName, name: string, isIn: boolean) => void;
}

/** Who may do what: one row for each name in any of the six lists, and admins, who may do everything. */
export function AccessGrid({ stored, owner, edited, newer = [], mayChange, onChange }: AccessGridProps) {
  useEffect(() => void loadNames(), []);
  const added = useRef(new Set<string>());
  if (edited !== undefined) for (const name of namesIn(edited)) added.current.add(name);
  const rows = gridOf(
    stored,
    edited ?? stored,
    names.value,
    new Set([...added.current, ...newer.flatMap((change) => change.added)]),
    viewer.value,
  );
  const cells = rows.flatMap((row) => row.cells);
  const isFixed = (list: AccessListName) => mayChange?.(list) !== true;
  const onlyShown = cells.filter(({ list }) => onChange === undefined || isFixed(list));
  return (
    <>
      <Region label="Table of names and rights" class="scroll">
        <table class="grid">
          <thead>
            <tr>
              <th rowSpan={2} scope="col">
                User or role
              </th>
              {columns.slice(0, 3).map(({ title, about }) => (
                <th key={title} rowSpan={2} scope="col" title={about}>
                  <span>{title}</span>
                </th>
              ))}
              <th colSpan={3} scope="colgroup" class="group">
                May change the lists of
              </th>
            </tr>
            <tr>
              {columns.slice(3).map(({ title, about }, at) => (
                <th key={title} scope="col" title={about} class={at === 0 ? "from" : ""}>
                  <span>{title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr class="admins">
              <td>
                <span class="who">
                  <Icon name="people" />
                  admins
                </span>
              </td>
              {columns.map(({ list }, at) => (
                <td key={list} class={at === 3 ? "from" : ""}>
                  <Dot isAdmin />
                </td>
              ))}
            </tr>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>
                  <Who row={row} isOwner={row.name === owner} />
                </td>
                {row.cells.map((cell, at) => (
                  <td key={cell.list} class={`${at === 3 ? "from" : ""} ${cell.change === "none" ? "" : cell.change}`}>
                    <Newer changes={newer} cell={cell} name={row.name} />
                    {onChange !== undefined && !isFixed(cell.list) ? (
                      <Box cell={cell} name={row.name} onChange={onChange} />
                    ) : (
                      <>
                        {cell.isIn ? (
                          <Dot />
                        ) : (
                          <Through cell={cell} otherwise={cell.isUnknown ? <Unknown /> : <No />} />
                        )}
                        <Right cell={cell} />
                      </>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Region>
      <p class="hint legend" aria-hidden="true">
        {columns.some(({ list }) => isFixed(list)) && (
          <>
            <span class="dot" /> in the list <span class="no">–</span> no
          </>
        )}{" "}
        <span class="dot admin" /> admins have every right
        {cells.some(({ isIn, through }) => !isIn && through !== undefined) && (
          <>
            <span class="dot through" /> has the right by a role, or as an admin
          </>
        )}
        {onlyShown.some(({ isUnknown }) => isUnknown) && (
          <>
            <span class="no">?</span> not shown to you: a role in the list may give it
          </>
        )}
      </p>
    </>
  );
}

/** What the lists of a new secret hold in addition to the names that are chosen. */
export function creatorHint(): string {
  return viewer.value.admin
    ? "Without any name, only admins have access."
    : "The owner is put into all six lists: you or, where a permit of a role of yours decides, that role.";
}

/** More members than these do not fit into a cell. */
const membersShown = 4;

function Who({ row: { name, kind, members }, isOwner }: { row: GridRow; isOwner: boolean }) {
  const more = members.length - membersShown;
  return (
    <span class="who">
      <Icon name={kind === "role" ? "people" : "person"} />
      <span>
        <Bdi text={name} />
        {kind === "role" && <span class="sr">role</span>} {isOwner && <span class="muted small">owner</span>}
        {members.length > 0 && (
          <span class="muted small" title={members.join(", ")}>
            {members.slice(0, membersShown).join(", ")}
            {more > 0 ? ` and ${more} more` : ""}
          </span>
        )}
      </span>
    </span>
  );
}

function Box({
  cell,
  name,
  onChange,
}: {
  cell: GridCell;
  name: string;
  onChange: NonNullable<AccessGridProps["onChange"]>;
}) {
  const about = columns.find(({ list }) => list === cell.list)?.about;
  return (
    <label>
      <span class="sr">
        {name} {about}
        {cell.change !== "none" && `, ${cell.change}`}
      </span>
      {cell.change !== "none" && (
        <span class="sign" aria-hidden="true">
          {cell.change === "added" ? "+" : "−"}
        </span>
      )}
      <input
        type="checkbox"
        checked={cell.isIn}
        onChange={(event) => onChange(cell.list, name, event.currentTarget.checked)}
      />
      {!cell.isIn && <Through cell={cell} />}
      <Right cell={cell} />
    </label>
  );
}

/** The right in words, where the columns have no heads. A screen reader has its head, or its label. */
function Right({ cell }: { cell: GridCell }) {
  return (
    <span class="right" aria-hidden="true">
      {columns.find(({ list }) => list === cell.list)?.short}
    </span>
  );
}

function Dot({ isAdmin = false }: { isAdmin?: boolean }) {
  return (
    <>
      <span class={isAdmin ? "dot admin" : "dot"} aria-hidden="true" />
      <span class="sr">yes</span>
    </>
  );
}

/** A person has a right also without their name in the list. */
function Through({ cell: { through }, otherwise }: { cell: GridCell; otherwise?: ComponentChildren }) {
  if (through === undefined) return otherwise;
  const words = through === "admin" ? "has it as an admin" : `has it by ${through}`;
  return (
    <>
      <span class="dot through" aria-hidden="true" title={words} />
      <span class="sr">{words}</span>
    </>
  );
}

/** The newer version has it the other way. */
function Newer({ changes, cell, name }: { changes: readonly ListDifference[]; cell: GridCell; name: string }) {
  const change = changes.find(({ list }) => list === cell.list);
  const isNews = (cell.isIn ? change?.removed : change?.added)?.includes(name);
  if (isNews !== true) return null;
  return <span class="stale small">{cell.isIn ? "now out" : "now in"}</span>;
}

function Unknown() {
  return (
    <>
      <span class="no" aria-hidden="true" title="Who has a role is shown to admins only">
        ?
      </span>
      <span class="sr">not shown to you</span>
    </>
  );
}

function No() {
  return (
    <>
      <span class="no" aria-hidden="true">
        –
      </span>
      <span class="sr">no</span>
    </>
  );
}
