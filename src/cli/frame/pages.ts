import { limits } from "../../limits.ts";

/** The largest page that the service returns: it needs the fewest calls. */
export const pageSize = limits.pageMax;

/**
 * All pages of a list, in order. `read` gets the token of the page to fetch: "" for the first page, then the token that
 * the previous page returned. It stops when a page returns none.
 */
export async function* readPages<Page extends { readonly nextPageToken: string }>(
  read: (pageToken: string) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  let pageToken = "";
  do {
    const page = await read(pageToken);
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}
