import { limits } from "../../limits.ts";

/** The largest page that the service gives: the fewest calls. */
export const pageSize = limits.pageMax;

/**
 * All pages of a list, in order. `read` gets the token of the page to ask for: "" for the first, then the one that the page
 * before named, until there is none.
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
