import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useShortcuts } from "./use-shortcuts.ts";

export interface VirtualListProps<Row> {
  readonly label: string;
  readonly role: "tree" | "listbox";
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** What the rows are an answer to. With another one, the list begins at its top again. */
  readonly subject: string;
  /** Position of the row that the keyboard is on. */
  readonly active: number;
  readonly onActive: (index: number) => void;
  /** A key that is not about moving: returns whether it did something. */
  readonly onKey?: (key: string, row: Row) => boolean;
  readonly onOpen: (row: Row) => void;
  readonly renderRow: (
    row: Row,
    at: { id: string; top: number; isActive: boolean; onClick: () => void },
  ) => ComponentChildren;
}

/** Rows above and below what is seen, so that scrolling does not show a gap. */
const overscan = 10;

/**
 * A list of which only the rows that are seen are in the document. Rows have one height, which the style sheet gives.
 */
export function VirtualList<Row>(props: VirtualListProps<Row>) {
  const { label, role, rows, idOf, subject, active, onActive, onKey, onOpen, renderRow } = props;
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const rowHeight = useRowHeight();

  // The list has the focus when the page opens, so that the keys work at once.
  useEffect(() => {
    if (document.activeElement === document.body) ref.current?.focus();
  }, []);
  const focusAnd = (to: number) => {
    ref.current?.focus();
    onActive(Math.max(0, Math.min(rows.length - 1, to)));
  };
  useShortcuts({ j: () => focusAnd(active + 1), k: () => focusAnd(active - 1) });

  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);

  const shown = useRef(subject);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    if (shown.current !== subject) element.scrollTop = 0;
    shown.current = subject;
    const top = active * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    }
  }, [active, rowHeight, subject]);

  const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + overscan);
  const pageRows = Math.max(1, Math.floor(view.height / rowHeight) - 1);
  const move = (to: number) => onActive(Math.max(0, Math.min(rows.length - 1, to)));
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(active + 1),
    j: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    k: () => move(active - 1),
    PageDown: () => move(active + pageRows),
    PageUp: () => move(active - pageRows),
    Home: () => move(0),
    End: () => move(rows.length - 1),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = rows[active];
    const moving = moves[event.key];
    if (moving !== undefined) moving();
    else if (row === undefined) return;
    else if (event.key === "Enter") onOpen(row);
    else if (onKey?.(event.key, row) !== true) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const activeRow = rows[active];
  const isActiveDrawn = active >= first && active < last;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is that of a tree or a list, as the caller says
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the same
    <div
      ref={ref}
      class="rows"
      id="rows"
      role={role}
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={activeRow !== undefined && isActiveDrawn ? rowId(idOf(activeRow)) : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, last).map((row, offset) => {
          const index = first + offset;
          const onClick = () => {
            onActive(index);
            onOpen(row);
          };
          return renderRow(row, { id: rowId(idOf(row)), top: index * rowHeight, isActive: index === active, onClick });
        })}
      </div>
    </div>
  );
}

function rowId(id: string): string {
  return `row-${id}`;
}

/** The height that the style sheet gives rows: more for fingers. */
function useRowHeight(): number {
  const [height, setHeight] = useState(36);
  useLayoutEffect(() => {
    const media = matchMedia("(pointer: coarse)");
    const read = () => setHeight(media.matches ? 48 : 36);
    read();
    media.addEventListener("change", read);
    return () => media.removeEventListener("change", read);
  }, []);
  return height;
}
