import type { FindWebFile, WebAnswer, WebRequest } from "../http/call/web-file.ts";
import { type Asset, createAssets, hasVersion, takesBrotli } from "./assets.ts";
import type { PageFiles } from "./find-files.ts";
import { assetHeaders, pageHeaders, sharedHeaders } from "./page-headers.ts";

/** What was asked for, as it is counted. Never a name: the path of an unknown file comes from the client. */
export type PageKind = "page" | "asset" | "redirect";

export interface ConsoleOptions {
  /** Undefined: the page was not built, and cannot be built here. */
  readonly findFiles: () => Promise<PageFiles | undefined>;
  readonly hasTls: boolean;
  /** Whether this client may see that there is a page. */
  readonly isServedTo: (request: WebRequest) => boolean;
  /** Whether the host that a request names is this service. */
  readonly isOwnHost: (headers: WebRequest["headers"]) => boolean;
  readonly count: (kind: PageKind, status: number) => void;
}

export const consolePath = "/console/";

/** Serves the page, its files, and the way to it from `/`. All of it is public: it holds nothing of any tenant. */
export function createConsole(options: ConsoleOptions): FindWebFile {
  let assets: Promise<ReadonlyMap<string, Asset> | undefined> | undefined;
  const load = () => {
    assets ??= options.findFiles().then(
      (files) => {
        // Files that are not there now may be built in a moment.
        if (files === undefined) assets = undefined;
        return files && createAssets(files);
      },
      (error: unknown) => {
        assets = undefined;
        throw error;
      },
    );
    return assets;
  };
  const serve = async (request: WebRequest): Promise<WebAnswer | undefined> => {
    if (!options.isServedTo(request)) return undefined;
    const { path } = request;
    const isRedirect = path === "/" || path === consolePath.slice(0, -1);
    if (path === "/" && !wantsHtml(request)) return undefined;
    const kind = isRedirect ? "redirect" : path === consolePath ? "page" : "asset";
    const answer = refusal(request, options) ?? (isRedirect ? toConsole(options.hasTls) : undefined);
    const found = answer ?? (await serveFile(request, options, await load()));
    if (found !== undefined) options.count(kind, found.status);
    return found;
  };
  return (path) => (path === "/" || path === "/console" || path.startsWith(consolePath) ? serve : undefined);
}

function wantsHtml({ verb, headers }: WebRequest): boolean {
  return (verb === "GET" || verb === "HEAD") && /\btext\/html\b/.test(headers.accept ?? "");
}

function refusal({ verb, headers }: WebRequest, { isOwnHost, hasTls }: ConsoleOptions): WebAnswer | undefined {
  if (verb !== "GET" && verb !== "HEAD") {
    return textAnswer(405, "this path accepts only GET, HEAD\n", hasTls, { allow: "GET, HEAD" });
  }
  // A name that an attacker lets point here: the browser would take the page for one of theirs.
  if (!isOwnHost(headers)) return textAnswer(421, "this service is not the host of that name\n", hasTls);
  return undefined;
}

function toConsole(hasTls: boolean): WebAnswer {
  return textAnswer(303, "", hasTls, { location: consolePath });
}

const notBuilt = "the page is not built: run 'npm run build:console', and load this page again\n";

async function serveFile(
  { path, headers }: WebRequest,
  { hasTls }: ConsoleOptions,
  assets: ReadonlyMap<string, Asset> | undefined,
): Promise<WebAnswer | undefined> {
  if (assets === undefined) return textAnswer(503, notBuilt, hasTls);
  const name = path === consolePath ? "index.html" : path.slice(consolePath.length);
  const asset = name === "index.html" && path !== consolePath ? undefined : assets.get(name);
  if (asset === undefined) return undefined;
  const own = name === "index.html" ? pageHeaders(hasTls) : assetHeaders(asset.contentType, hasTls);
  const isCompressed = takesBrotli(headers["accept-encoding"] as string | undefined);
  const etag = isCompressed ? asset.etag.replace(/"$/, '-br"') : asset.etag;
  const all = { ...own, etag, vary: "accept-encoding" };
  if (hasVersion(headers["if-none-match"], etag)) return { status: 304, headers: all, body: "" };
  if (!isCompressed) return { status: 200, headers: all, body: asset.body };
  return { status: 200, headers: { ...all, "content-encoding": "br" }, body: await asset.brotli() };
}

function textAnswer(
  status: number,
  body: string,
  hasTls: boolean,
  headers: Readonly<Record<string, string>> = {},
): WebAnswer {
  const own = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return { status, headers: { ...own, ...sharedHeaders(hasTls), ...headers }, body };
}
