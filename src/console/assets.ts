import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { PageFiles } from "./find-files.ts";

/** A file of the page, as it is sent. */
export interface Asset {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** In quotation marks, as in the header. The same for both encodings, with a letter to distinguish them. */
  readonly etag: string;
  /** Compressed when it is first wanted, in another thread. */
  brotli(): Promise<Uint8Array>;
}

const contentTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  txt: "text/plain; charset=utf-8",
};

const compress = promisify(brotliCompress);

/** The files by name. Files of a kind that the page does not have are left out. */
export function createAssets(files: PageFiles): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const [name, body] of files) {
    const contentType = contentTypes[name.slice(name.lastIndexOf(".") + 1)];
    if (contentType !== undefined) assets.set(name, createAsset(body, contentType));
  }
  return assets;
}

function createAsset(body: Uint8Array, contentType: string): Asset {
  let compressed: Promise<Uint8Array> | undefined;
  return {
    contentType,
    body,
    etag: `"${hash("sha256", body, "hex").slice(0, 32)}"`,
    brotli() {
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength };
      compressed ??= compress(body, { params });
      return compressed;
    },
  };
}

/** Whether a client takes brotli, by the header `Accept-Encoding`. */
export function takesBrotli(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? "").split(",").some((entry) => /^\s*br\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(entry));
}

/** Whether a client has this version already, by the header `If-None-Match`. */
export function hasVersion(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}
