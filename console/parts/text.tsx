import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Range } from "../model/filter.ts";
import { piecesOf } from "../model/marks.ts";
import { exact, relative } from "../model/time.ts";
import { folderOf, lastPart } from "../model/tree.ts";
import { serviceNow } from "../session.ts";

/** A text from a person. It cannot reorder what is around it, and what cannot be seen in it is shown by its code. */
export function Bdi({ text, lines = false }: { text: string; lines?: boolean }) {
  return (
    <bdi>
      <Marked text={text} lines={lines} />
    </bdi>
  );
}

function Marked({ text, lines = false }: { text: string; lines?: boolean }) {
  return (
    <>
      {piecesOf(text, { lines }).map((piece) =>
        "text" in piece ? piece.text : <span class="mark-char">{piece.mark}</span>,
      )}
    </>
  );
}

/**
 * A key: its first part stands out, which often is where it is used, then a muted path and a bold last part. One that
 * comes from a link may hold anything. `ranges`: what a search has found.
 */
export function Key({ text, ranges = [] }: { text: string; ranges?: readonly Range[] }) {
  const path = folderOf(text);
  const firstTo = path === "" ? 0 : text.indexOf("/");
  const lastFrom = text.length - lastPart(text).length;
  const part = (from: number, to: number) => <Found text={text} from={from} to={to} ranges={ranges} />;
  return (
    <bdi class="key">
      {part(0, firstTo)}
      {lastFrom > 0 && <span class="path">{part(firstTo, lastFrom)}</span>}
      <wbr />
      <b>{part(lastFrom, text.length)}</b>
    </bdi>
  );
}

interface FoundProps {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly ranges: readonly Range[];
}

/** A part of a text, with what a search has found in it. */
function Found({ text, from, to, ranges }: FoundProps) {
  const parts = [];
  let at = from;
  for (const range of ranges) {
    const [start, end] = [Math.max(at, range[0]), Math.min(to, range[1])];
    if (start >= end) continue;
    parts.push(<Marked text={text.slice(at, start)} />, <mark>{text.slice(start, end)}</mark>);
    at = end;
  }
  return (
    <>
      {parts}
      <Marked text={text.slice(at, to)} />
    </>
  );
}

export function msOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6);
}

/** A time as people say it, exactly in its title; or the other way round. */
export function Time({ at, isExact = false }: { at: Timestamp | number | undefined; isExact?: boolean }) {
  const ms = typeof at === "number" ? at : msOf(at);
  if (ms === undefined) return null;
  const words = [relative(ms, serviceNow()), exact(ms)];
  const [text, title] = isExact ? words.reverse() : words;
  return (
    <time dateTime={new Date(ms).toISOString()} title={title}>
      {text}
    </time>
  );
}
