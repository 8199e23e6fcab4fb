import type { OutgoingHttpHeaders } from "node:http";

/** What every answer carries. Nothing of this service may stay in a cache. */
export function baseHeaders(contentType: string, requestId: string): OutgoingHttpHeaders {
  return { "content-type": contentType, "cache-control": "no-store", "x-request-id": requestId };
}

export function addHeaders(target: OutgoingHttpHeaders, source: Headers | undefined, prefix = ""): void {
  source?.forEach((value, name) => {
    target[prefix + name] = value;
  });
}
