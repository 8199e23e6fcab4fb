import type { RefObject } from "preact";
import { useId } from "preact/hooks";
import { endWords, localText, msOfLocal, type Span, zoneWords } from "../model/expiry.ts";
import { relative } from "../model/time.ts";
import { serviceNow } from "../session.ts";

interface ExpiryFieldProps {
  readonly id?: string;
  /** Where no label is bound to the id. */
  readonly label?: string;
  /** In ms since 1970. Undefined: none is chosen. */
  readonly at: number | undefined;
  /** It may not be after this time. */
  readonly lastMs?: number | undefined;
  readonly spans: readonly Span[];
  /** What it means to choose none. */
  readonly none?: string;
  /** The field, for those who ask it whether it is filled in. */
  readonly field?: RefObject<HTMLInputElement | null>;
  readonly onChange: (at: number | undefined) => void;
}

/**
 * When something expires: a date and a time, by the clock of the person who chooses, or a duration from now on. The
 * browser draws the calendar.
 */
export function ExpiryField({ id, label, at, lastMs, spans, none = "", field, onChange }: ExpiryFieldProps) {
  const hintId = useId();
  const now = serviceNow();
  const offered = spans.filter(([ms]) => lastMs === undefined || now + ms < lastMs);
  return (
    <div class="expiry">
      <input
        {...(field === undefined ? {} : { ref: field })}
        {...(id === undefined ? {} : { id })}
        type="datetime-local"
        class="short"
        {...(label === undefined ? {} : { "aria-label": label })}
        aria-describedby={hintId}
        value={at === undefined ? "" : localText(at)}
        max={localText(lastMs ?? Number.POSITIVE_INFINITY)}
        {...(lastMs === undefined ? {} : { min: localText(now) })}
        onInput={(event) => onChange(msOfLocal(event.currentTarget.value))}
      />
      <p id={hintId} class="hint">
        {at !== undefined && (
          <>
            {endWords(at)} · <b class="whole">{at <= now ? `expired ${relative(at, now)}` : relative(at, now)}</b>
          </>
        )}
        {at === undefined && none}
        {(at !== undefined || none !== "") && " · "}
        Time zone {zoneWords(at ?? now)}
      </p>
      <div class="row spans">
        {offered.map(([ms, word]) => (
          <button key={word} type="button" class="link" onClick={() => onChange(now + ms)}>
            In {word}
          </button>
        ))}
        {at !== undefined && none !== "" && (
          <button type="button" class="link" onClick={() => onChange(undefined)}>
            {none}
          </button>
        )}
      </div>
    </div>
  );
}
