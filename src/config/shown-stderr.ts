const shownMax = 2048;
/** More than is shown: what is cut off at the beginning must not hide that a run was long. */
export const tailBytes = 4 * shownMax;

/** The characters of base64, also in URLs and escaped. A key has 43 of them, 64 hex digits, or 32 characters. */
const runAtStart = /^[A-Za-z0-9+/_=%\\-]+/g;
const secretForms: readonly RegExp[] = [
  /[A-Za-z0-9+/_=%\\-]{32,}/g,
  // Bytes as programs print them for people: `3a f0 …`, `3a:f0:…`, `3af0 …`, `0x3a, 0xf0, …`, `58, 240, …`. The rest of
  // the line may have the same bytes as characters.
  /(?:(?:0[xX])?[0-9A-Fa-f]{1,8}[\s:,;]{1,3}){7,}(?:0[xX])?[0-9A-Fa-f]{1,8}.*/g,
  // A row of a hex dump, of which the last may be short.
  /^[ \t]*[0-9A-Fa-f]{6,16}:?[ \t]+[0-9A-Fa-f]{2}.*/gm,
  // The user and the password of an address.
  /(?<=\/\/)[^\s/?#@]\S*(?=@)/g,
];
/** A run that is broken over lines. */
const brokenRun = /[A-Za-z0-9+/_=%\\-]{8,}(?:\r?\n[ \t]*[A-Za-z0-9+/_=%\\-]{8,})+/g;
const brokenMin = 32;
const notPrintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u{fffd}]/gu;
const masked = "[masked]";

/** Shorter pieces of an output are words such as "error". */
const pieceMin = 8;

type Range = readonly [start: number, end: number];

/**
 * The end of what a program wrote to standard error, for one line of a log. A program may write the key there, as
 * `aws --debug` does: what could be one is masked, and so is everything that it also wrote to standard output.
 * `isCut`: `stderr` does not have its beginning.
 */
export function shownStderr(stderr: Buffer, isCut: boolean, stdout: string): string {
  const whole = stderr.toString("utf8");
  const text = isCut ? whole.replace(/^\u{fffd}+/u, "") : whole;
  // All are looked for in the original text: a mask within a key would leave two short runs of it.
  const ranges = [
    ...(isCut ? matches(text, runAtStart) : []),
    ...secretForms.flatMap((form) => matches(text, form)),
    ...matches(text, brokenRun).filter(([start, end]) => text.slice(start, end).replace(/\s/g, "").length >= brokenMin),
    ...piecesOf(stdout).flatMap((piece) => occurrences(text, piece)),
  ];
  const safe = mask(text, ranges)
    .trim()
    .replace(notPrintable, (char) => (char === "\n" ? "\\n" : `\\u{${char.codePointAt(0)?.toString(16)}}`));
  return safe.length > shownMax ? `…${safe.slice(-shownMax)}` : safe;
}

function piecesOf(stdout: string): readonly string[] {
  const lines = stdout.split(/\r?\n/).map((line) => line.trim());
  return [...new Set([...lines, ...stdout.split(/\s+/)])].filter((piece) => piece.length >= pieceMin);
}

function matches(text: string, form: RegExp): readonly Range[] {
  return [...text.matchAll(form)].map(({ index, 0: found }) => [index, index + found.length]);
}

function occurrences(text: string, piece: string): readonly Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) found.push([at, at + piece.length]);
  return found;
}

function mask(text: string, ranges: readonly Range[]): string {
  let shown = "";
  let at = 0;
  let isMasked = false;
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (end <= at) continue;
    if (start > at || !isMasked) shown += `${text.slice(at, Math.max(at, start))}${masked}`;
    at = end;
    isMasked = true;
  }
  return shown + text.slice(at);
}
