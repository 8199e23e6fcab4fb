import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AccessListName } from "../../src/text/access-list-names.ts";
import { viewer } from "../account.ts";
import type { ListDifference } from "../model/differences.ts";
import { joinWords } from "../model/gains.ts";
import { columns, type GridCell, type GridRow, gridOf } from "../model/grid.ts";
import { type Lists, namesIn } from "../model/lists.ts";
import { loadNames, names } from "../names.ts";
import { AccessCell, Dot, type OnChange, turnOf } from "./access-cell.tsx";
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
  readonly onChange?: OnChange;
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
                  <td key={cell.list} class={`${at === 3 ? "from" : ""} ${turnOf(cell)}`}>
                    <AccessCell
                      cell={cell}
                      name={row.name}
                      newer={newer}
                      onChange={isFixed(cell.list) ? undefined : onChange}
                    />
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
        {cells.some(({ through }) => through !== undefined) && (
          <>
            <span class="dot through" /> has it by what is under the name: a role, or being an admin
          </>
        )}
        {onlyShown.some(({ isUnknown }) => isUnknown) && (
          <>
            <span class="no">?</span> not shown to you: a role in the list may give it
          </>
        )}
      </p>
      {rows.some(({ name }) => name === owner) && (
        <p class="hint">Being the owner gives no right by itself: the table says what an owner may do.</p>
      )}
      {edited !== undefined && (
        <div class="hint" role="status">
          {rows.flatMap(({ name, cells: own }) =>
            own.filter(hasStill).map((cell) => <Still key={cell.list} name={name} cell={cell} />),
          )}
        </div>
      )}
    </>
  );
}

/** The name leaves the list, and the person keeps the right. */
function hasStill({ change, through }: GridCell): boolean {
  return change === "removed" && through !== undefined;
}

function Still({ name, cell: { list, through = "" } }: { name: string; cell: GridCell }) {
  return (
    <p>
      <b>
        <Bdi text={name} />
      </b>{" "}
      still {columns.find((column) => column.list === list)?.about}: {through === "admin" ? "as an admin" : "by "}
      {through !== "admin" && <Bdi text={through} />}
    </p>
  );
}

/** What the lists of a new secret hold in addition to the names that are chosen. */
export function creatorHint(): string {
  return viewer.value.admin
    ? "Without any name, only admins have access."
    : "The owner is put into all six lists: you or, where a permit of a role of yours decides, that role.";
}

/** More members than these are shown when someone asks for them. */
const membersShown = 4;

function Who({ row: { name, kind, members, isAdmin, roles }, isOwner }: { row: GridRow; isOwner: boolean }) {
  const isWhole = useSignal(false);
  const more = members.length - membersShown;
  const causes = [isOwner && "owner", isAdmin && "admin", roles.length > 0 && `in ${joinWords(roles)}`];
  const about = causes.filter((word) => word !== false).join(", ");
  const shown = isWhole.value || more <= 0 ? members : members.slice(0, membersShown);
  return (
    <span class="who">
      <Icon name={kind === "role" ? "people" : "person"} />
      <span>
        <Bdi text={name} />
        {kind === "role" && <span class="sr">role</span>} {about !== "" && <span class="muted small">{about}</span>}
        {members.length > 0 && (
          <span class="muted small">
            {shown.join(", ")}{" "}
            {shown.length < members.length && (
              <button type="button" class="link small" onClick={() => (isWhole.value = true)}>
                and {more} more<span class="sr"> of {name}</span>
              </button>
            )}
          </span>
        )}
      </span>
    </span>
  );
}
