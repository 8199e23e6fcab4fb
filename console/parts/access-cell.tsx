import type { ComponentChildren } from "preact";
import type { AccessListName } from "../../src/text/access-list-names.ts";
import type { ListDifference } from "../model/differences.ts";
import { columns, type GridCell } from "../model/grid.ts";

export type OnChange = (list: AccessListName, name: string, isIn: boolean) => void;

interface AccessCellProps {
  readonly cell: GridCell;
  readonly name: string;
  readonly newer: readonly ListDifference[];
  /** Absent: the cell is only shown. */
  readonly onChange: OnChange | undefined;
}

/** Whether one name is in one list, what else gives the right, and what a save would do to it. */
export function AccessCell({ cell, name, newer, onChange }: AccessCellProps) {
  return (
    <>
      <Newer changes={newer} cell={cell} name={name} />
      {onChange !== undefined ? (
        <Box cell={cell} name={name} onChange={onChange} />
      ) : (
        <>
          <Sign cell={cell} />
          {cell.isIn && <Dot />}
          <Through cell={cell} otherwise={cell.isIn ? null : cell.isUnknown ? <Unknown /> : <No />} />
          <Right cell={cell} />
        </>
      )}
    </>
  );
}

/** Of the colour of a cell, and the sign in it. */
export function turnOf({ change, effect }: GridCell): "added" | "removed" | "" {
  if (change !== "none") return change;
  return effect === "gained" ? "added" : effect === "lost" ? "removed" : "";
}

function Box({ cell, name, onChange }: { cell: GridCell; name: string; onChange: OnChange }) {
  const about = columns.find(({ list }) => list === cell.list)?.about;
  return (
    <label>
      <span class="sr">
        {name} {about}
        {cell.change !== "none" && `, ${cell.change}`}
      </span>
      <Sign cell={cell} />
      <input
        type="checkbox"
        checked={cell.isIn}
        onChange={(event) => onChange(cell.list, name, event.currentTarget.checked)}
      />
      <Through cell={cell} />
      <Right cell={cell} />
    </label>
  );
}

/** What a save would do, not by its colour alone. */
function Sign({ cell }: { cell: GridCell }) {
  const turn = turnOf(cell);
  if (turn === "") return null;
  const byRole = cell.effect === "none" ? undefined : `${cell.effect} with a role`;
  return (
    <>
      <span class="sign" aria-hidden="true" title={byRole}>
        {turn === "added" ? "+" : "−"}
      </span>
      <span class="sr">{byRole}</span>
    </>
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

export function Dot({ isAdmin = false }: { isAdmin?: boolean }) {
  return (
    <>
      <span class={isAdmin ? "dot admin" : "dot"} aria-hidden="true" />
      <span class="sr">yes</span>
    </>
  );
}

/** What gives a person the right, whether or not their own name does too. */
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
