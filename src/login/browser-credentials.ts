import type { IncomingHttpHeaders } from "node:http";
import { SecretError } from "../error.ts";
import { joinHalves } from "../rules/token.ts";
import { cookieName, readCookie } from "./cookies.ts";
import { isOwnPage, type Places } from "./host.ts";

/** The header in which a page sends its half of the session. */
export const halfHeader = "x-oo-half";

/** The credentials of a call, as a value of the header Authorization; or why there are none. */
export type Credentials =
  | { readonly authorization: string | undefined; readonly problem?: undefined }
  | { readonly problem: SecretError; readonly status?: number };

/** Only for paths that browsers call with POST: those of Connect and gRPC-Web. */
export type BrowserCredentials = (headers: IncomingHttpHeaders, authorization: string | undefined) => Credentials;

/**
 * A browser sends one half of its session in a cookie and the other in a header, which only a page of this service has.
 * So a page of another site cannot make a call, and who reads cookies cannot either: programs on other ports of the
 * same host, for instance. Together the halves make a token like any other.
 */
export function createBrowserCredentials(places: Places): BrowserCredentials {
  return (headers, authorization) => {
    const half = headers[halfHeader];
    if (half === undefined && (authorization !== undefined || !hasSession(headers))) return { authorization };
    const place = places.placeOf(headers);
    if (place === undefined)
      return { problem: refused("no session of a browser is valid at this address"), status: 421 };
    if (authorization !== undefined) {
      return { problem: refused("the call has a token and the half of a session; send one of them") };
    }
    if (!isOwnPage(place, headers)) return { problem: refused("the call comes from a page of another origin") };
    const cookie = readCookie(headers.cookie, "session", place);
    const token = joinHalves(cookie, typeof half === "string" ? half : undefined);
    if (token === undefined) return { problem: refused("half of the session is missing; sign in again") };
    return { authorization: `Bearer ${token}` };
  };
}

/** Whether there is a cookie of a session, by either of its names. */
function hasSession({ cookie }: IncomingHttpHeaders): boolean {
  const names = [true, false].map((isSecure) => cookieName("session", { origin: "", isSecure }));
  return names.some((name) => cookie?.includes(`${name}=`) === true);
}

function refused(message: string): SecretError {
  return new SecretError({ reason: "UNAUTHENTICATED", message });
}
