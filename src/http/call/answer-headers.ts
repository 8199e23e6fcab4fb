import type { OutgoingHttpHeaders } from "node:http";

/** The headers of every response. No response of this service may be cached. */
export function baseHeaders(contentType: string, requestId: string): OutgoingHttpHeaders {
  return { "content-type": contentType, "cache-control": "no-store", "x-request-id": requestId };
}

export function addHeaders(target: OutgoingHttpHeaders, source: Headers | undefined, prefix = ""): void {
  source?.forEach((value, name) => {
    target[prefix + name] = value;
  });
}
