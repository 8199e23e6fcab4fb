import { randomUUID } from "node:crypto";

/**
 * What proxies and tracing send: UUIDs, hex, base64, several of them with a separator. No quotes, spaces or controls.
 */
const form = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/;

/** A token that was put into the wrong header must not get into the log. */
const token = /oo_[A-Za-z0-9_-]{43}/;

/** The id of the caller, if it has the form of one; otherwise a random one. */
export function requestIdOf(sent: string | readonly string[] | undefined): string {
  return typeof sent === "string" && form.test(sent) && !token.test(sent) ? sent : randomUUID();
}
