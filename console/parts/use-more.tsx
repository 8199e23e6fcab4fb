import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { numberText } from "../model/words.ts";

/** A table with more rows than this is not read, and slow to draw. */
const rowsAtOnce = 50;

/** The first rows, and a button for the next ones where there are more. */
export function useMore<Row>(
  rows: readonly Row[],
  what: string,
): { readonly shown: readonly Row[]; readonly more: ComponentChildren } {
  const count = useSignal(rowsAtOnce);
  const shown = rows.slice(0, count.value);
  const more = rows.length > shown.length && (
    <div class="row older">
      <span class="muted">
        {numberText(shown.length)} of {numberText(rows.length)} {what}s
      </span>
      <button type="button" onClick={() => (count.value += rowsAtOnce)}>
        Show more
      </button>
    </div>
  );
  return { shown, more };
}
