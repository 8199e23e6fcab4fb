const shownMax = 2048;
/** More than is shown: what is cut off at the beginning must not hide that a run was long. */
export const tailBytes = 4 * shownMax;

/** The characters of base64, also in URLs and escaped. A key has 43 of them, or 64 hex digits. */
const run = /[A-Za-z0-9+/_=%\\-]{40,}/g;
const runAtStart = /^[A-Za-z0-9+/_=%\\-]+/;
/** As programs print bytes for people: `3a f0 …`, `3a:f0:…`, `3af0 …`. */
const hexGroups = /(?:[0-9A-Fa-f]{2,8}[ :]){7,}[0-9A-Fa-f]{2,8}/g;
const notPrintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u{fffd}]/gu;
const masked = "[masked]";

/** Shorter pieces of an output are words such as "error". */
const pieceMin = 8;

/**
 * The end of what a program wrote to standard error, for one line of a log. A program may write the key there, as
 * `aws --debug` does: what could be one is masked, and so is everything that it also wrote to standard output.
 * `isCut`: `stderr` does not have its beginning.
 */
export function shownStderr(stderr: Buffer, isCut: boolean, stdout: string): string {
  let text = stderr.toString("utf8");
  if (isCut) text = text.replace(/^\u{fffd}+/u, "").replace(runAtStart, masked);
  const lines = stdout.split(/\r?\n/).map((line) => line.trim());
  const pieces = [...lines, ...stdout.split(/\s+/)].filter((piece) => piece.length >= pieceMin);
  for (const piece of pieces) text = text.replaceAll(piece, masked);
  const safe = text
    .replace(run, masked)
    .replace(hexGroups, masked)
    .trim()
    .replace(notPrintable, (char) => (char === "\n" ? "\\n" : `\\u{${char.codePointAt(0)?.toString(16)}}`));
  return safe.length > shownMax ? `…${safe.slice(-shownMax)}` : safe;
}
