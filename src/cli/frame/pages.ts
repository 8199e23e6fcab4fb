import { limits } from "../../limits.ts";
import { CliError } from "./errors.ts";

/** The largest page that the service returns: it needs the fewest calls. */
export const pageSize = limits.pageMax;

/** At 1,000 entries in a page, ten million entries. */
const pagesMax = 10_000;

/** All pages of a list together, which are held in memory: half a million entries of a common size. */
const bytesMax = 512 * 1024 * 1024;

export interface PageLimits {
  readonly pages: number;
  readonly bytes: number;
}

/**
 * All pages of a list, in order. `read` gets the token of the page to fetch: "" for the first page, then the token that
 * the previous page returned. It stops when a page returns none.
 * @throws CliError when the list does not end: a token comes back, or there are more pages or bytes than any list has
 */
export async function* readPages<Page extends { readonly nextPageToken: string }>(
  read: (pageToken: string) => Promise<Page>,
  { pages: most, bytes: mostBytes }: PageLimits = { pages: pagesMax, bytes: bytesMax },
): AsyncGenerator<Page, void, undefined> {
  const tokens = new Set<string>();
  let bytes = 0;
  let pageToken = "";
  do {
    const page = await read(pageToken);
    bytes += sizeOf(page);
    if (bytes > mostBytes) throw endless(`its pages have more than ${mostBytes} bytes together`);
    yield page;
    pageToken = page.nextPageToken;
    if (tokens.has(pageToken)) throw endless("a page token came back");
    if (tokens.size === most - 1 && pageToken !== "") throw endless(`it has more than ${most} pages`);
    tokens.add(pageToken);
  } while (pageToken !== "");
}

function endless(why: string): CliError {
  return new CliError(`the service sends a list without an end: ${why}`, [
    "check OO_URL: this does not behave like the service",
  ]);
}

/** About how much memory a message takes. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return 16 + value.length;
  if (value instanceof Uint8Array) return 16 + value.length;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 16;
  for (const part of Object.values(value)) bytes += sizeOf(part);
  return bytes;
}
