import type { WebRequest } from "../http/call/web-file.ts";

const forwarding = ["forwarded", "via"];

/**
 * Whether a request comes from this machine without a proxy in between. A proxy on this machine would bring requests of
 * the whole network, over connections that are not known to be secure.
 */
export function isDirectFromLoopback({ peer, headers }: Pick<WebRequest, "peer" | "headers">): boolean {
  const names = Object.keys(headers);
  if (names.some((name) => forwarding.includes(name) || name.startsWith("x-forwarded-"))) return false;
  return peer === "::1" || /^127\.\d+\.\d+\.\d+$/.test(peer);
}
