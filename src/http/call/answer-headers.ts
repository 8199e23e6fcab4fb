import type { OutgoingHttpHeaders } from "node:http";

/** The headers of every response. No response of this service may be cached. */
export function baseHeaders(contentType: string, requestId: string): OutgoingHttpHeaders {
  return { "content-type": contentType, "cache-control": "no-store", "x-request-id": requestId };
}

export function addHeaders(target: OutgoingHttpHeaders, source: Headers | undefined, prefix = ""): void {
  source?.forEach((value, name) => {
    if (name !== "set-cookie") target[prefix + name] = value;
  });
  // Each cookie has a header of its own.
  const cookies = source?.getSetCookie() ?? [];
  if (cookies.length > 0) target[`${prefix}set-cookie`] = cookies;
}
