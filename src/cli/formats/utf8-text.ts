import { CliError } from "./cli-error.ts";

/** Windows PowerShell writes UTF-16 when output goes to a file with `>`. It begins with one of these marks. */
const utf16Marks = ["fffe", "feff"];

/**
 * The text of some bytes, with a byte order mark that is there.
 * @throws CliError when they are not UTF-8, which quotes nothing of them; `what` is the subject of its sentence
 */
export function utf8Text(bytes: Uint8Array, what: string, ...hints: readonly string[]): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const isUtf16 = utf16Marks.includes(Buffer.from(bytes.subarray(0, 2)).toString("hex"));
    throw new CliError(
      `${what} is not valid UTF-8`,
      isUtf16 ? ["it looks like UTF-16: save it as UTF-8", ...hints] : hints,
    );
  }
}
