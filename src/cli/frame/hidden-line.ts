/** A line that is typed unseen. Keys that edit it or that mean nothing here never become a part of it. */
export interface HiddenLine {
  /** Takes the next byte of the terminal. */
  take(byte: number): "entered" | "cancelled" | undefined;
  /** Whether what came so far ends with the Esc key, or within a sequence of another key. */
  isWithinEscape(): boolean;
  /** What has been typed so far. */
  bytes(): Buffer;
}

const [tab, escapeKey, space] = [0x09, 0x1b, 0x20];
const enter = [0x0d, 0x0a];
const erase = [0x08, 0x7f];
/** Ctrl-C and Ctrl-D. */
const cancel = [0x03, 0x04];
/** Ctrl-U. */
const eraseLine = 0x15;
/** Ctrl-W. */
const eraseWord = 0x17;
/** Ctrl-V: the next byte is taken as it is. */
const quote = 0x16;

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;
/** The last byte of an escape sequence that begins with `ESC [`, and of one that does not. */
const endsSequence = (byte: number) => byte >= 0x40 && byte <= 0x7e;

/** An empty line. Arrow keys and other keys that send escape sequences are ignored, and so are control characters. */
export function createHiddenLine(): HiddenLine {
  const line: number[] = [];
  let state: "text" | "quoted" | "escape" | "sequence" | "single" = "text";
  return {
    isWithinEscape: () => state === "escape",
    bytes: () => Buffer.from(line),
    take(byte) {
      if (state === "quoted") line.push(byte);
      if (state === "quoted" || state === "single") {
        state = "text";
        return undefined;
      }
      if (state === "sequence") {
        if (endsSequence(byte)) state = "text";
        return undefined;
      }
      if (state === "escape") {
        // ESC [ … is a sequence, ESC O and one character is a function key, and ESC with a character is Alt.
        state = byte === 0x5b ? "sequence" : byte === 0x4f ? "single" : "text";
        if (state !== "text" || !enter.includes(byte)) return undefined;
      }
      if (cancel.includes(byte)) return "cancelled";
      if (enter.includes(byte)) return "entered";
      if (byte === escapeKey) state = "escape";
      else if (byte === quote) state = "quoted";
      else if (byte === eraseLine) line.length = 0;
      else if (byte === eraseWord) dropWord(line);
      else if (erase.includes(byte)) dropCharacter(line);
      else if (byte >= space || byte === tab) line.push(byte);
      return undefined;
    },
  };
}

/** A character may have several bytes. Those after the first begin with the bits 10. */
function dropCharacter(line: number[]): void {
  while (isContinuation(line.pop() ?? 0));
}

function dropWord(line: number[]): void {
  while (line.at(-1) === space) line.pop();
  while (line.length > 0 && line.at(-1) !== space) line.pop();
}
