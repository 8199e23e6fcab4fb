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

/** A key: its path muted, its last part bold. One that comes from a link may hold anything. */
export function Key({ text }: { text: string }) {
  const path = folderOf(text);
  return (
    <bdi class="key">
      {path !== "" && (
        <span class="path">
          <Marked text={path} />/
        </span>
      )}
      <wbr />
      <b>
        <Marked text={lastPart(text)} />
      </b>
    </bdi>
  );
}

/** A key with the parts marked that a search has found. */
export function MarkedKey({ text, ranges }: { text: string; ranges: readonly Range[] }) {
  const lastAt = text.length - lastPart(text).length;
  // A long key is broken before its last part, rather than within a word.
  const plain = (from: number, to: number) =>
    from < lastAt && lastAt <= to
      ? [text.slice(from, lastAt), <wbr key="last" />, text.slice(lastAt, to)]
      : text.slice(from, to);
  const parts = [];
  let from = 0;
  for (const [start, end] of ranges) {
    parts.push(plain(from, start), <mark>{text.slice(start, end)}</mark>);
    from = end;
  }
  return (
    <bdi class="key">
      {parts}
      {plain(from, text.length)}
    </bdi>
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
