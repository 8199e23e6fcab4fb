import { createHash, createHmac } from "node:crypto";
import { sealedPrefix } from "../../crypto/sealed-text.ts";
import { accessListNames } from "../../text/access-list-names.ts";
import type { SecretValue } from "../../text/secret-value.ts";
import { FileError } from "../formats/file-error.ts";
import { type FileSecret, readEntries } from "../formats/secret-file.ts";
import { escapeForDisplay } from "../print/escape.ts";

const shownChars = 12;

/**
 * A file of secrets as git shows it in a diff: keys, lists and metadata, and for each value a mark that changes with
 * it. The mark of a sealed value is made from the sealed text. That of plaintext is made with the key of this clone,
 * because anyone could try guesses on a plain hash; without such a key it has none.
 */
export function namesForDiff(text: string, cloneKey: Buffer | undefined): string {
  return readEntries("file", text)
    .map((entry) => {
      const lines = entry instanceof FileError ? unreadable(entry) : linesOf(entry, cloneKey);
      return lines.map((line) => `${escapeForDisplay(line)}\n`).join("");
    })
    .join("");
}

function unreadable({ complaint: { line, column, problem } }: FileError): string[] {
  return [`line ${line}, column ${column}: ${problem}`];
}

function linesOf({ input }: FileSecret, cloneKey: Buffer | undefined): string[] {
  const { key, id, value, valueBytes, checksum, owner, ifVersion, metadata, clear = [] } = input;
  const lines = [key ?? id ?? ""];
  const field = (name: string, text: string) => lines.push(`  ${name}: ${text}`);
  if (value !== undefined) field("value", mark(value, cloneKey));
  if (valueBytes !== undefined) field("value", `bytes, ${plainMark(valueBytes, cloneKey)}`);
  if (checksum !== undefined) field("checksum", "yes");
  for (const name of accessListNames) {
    const entries = clear.includes(name) ? [] : input[name];
    if (entries !== undefined) field(name, entries.length === 0 ? "no one" : entries.join(", "));
  }
  if (owner !== undefined) field("owner", owner);
  if (ifVersion !== undefined) field("ifVersion", String(ifVersion));
  for (const [name, about] of Object.entries(metadata ?? {})) field(`metadata ${name}`, about);
  return lines;
}

function mark(value: string, cloneKey: Buffer | undefined): string {
  if (value.startsWith(sealedPrefix))
    return `sealed ${createHash("sha256").update(value).digest("hex").slice(0, shownChars)}`;
  return plainMark(value, cloneKey);
}

function plainMark(value: SecretValue, cloneKey: Buffer | undefined): string {
  if (cloneKey === undefined) return "not sealed";
  return `not sealed ${createHmac("sha256", cloneKey).update(value).digest("hex").slice(0, shownChars)}`;
}
