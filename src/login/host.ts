import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/** An address of this service at which browsers may sign in. */
export interface Place {
  /** As browsers send it in the header `Origin`. */
  readonly origin: string;
  /** Whether browsers use TLS to get here. */
  readonly isSecure: boolean;
}

/** A place at which browsers use passkeys. */
export interface PasskeyPlace extends Place {
  /** What passkeys are bound to: the host. Under another one none of them works. */
  readonly rpId: string;
}

export interface PlaceOptions {
  /** The setting SECRET_SVC_URL: where people find the service. Undefined: not set. */
  readonly publicUrl: string | undefined;
  /** Whether the service itself has a certificate. */
  readonly hasTls: boolean;
  /** Whether it listens on loopback only. */
  readonly isLoopback: boolean;
}

export interface Places {
  /** Where the browser of a request believes to be; undefined when that is not an address of this service. */
  placeOf(headers: IncomingHttpHeaders): Place | undefined;
  /** The address to give to people, if it is known: that of SECRET_SVC_URL, or on loopback the port. */
  readonly main: Place | undefined;
  /**
   * Where passkeys are: at SECRET_SVC_URL or, without it, at `localhost` if the service listens on loopback. Whatever a
   * call says about its address does not matter. Undefined for an address of digits, which WebAuthn refuses, and
   * without TLS.
   */
  readonly passkeys: PasskeyPlace | undefined;
  /** Must be called once the port is known. */
  listensOn(port: number): void;
}

/**
 * Decides by the header `Host` whether a browser is where it may sign in: at SECRET_SVC_URL, at loopback if the service
 * listens there, or, without SECRET_SVC_URL, at any name that its own certificate was accepted for. This is what stops
 * DNS rebinding: a page of another name that leads to this address is at no place of ours. Without TLS, and beyond
 * loopback, there is none: a cookie would not be safe.
 */
export function createPlaces({ publicUrl, hasTls, isLoopback }: PlaceOptions): Places {
  const scheme = hasTls ? "https:" : "http:";
  let loopback: readonly string[] = [];
  const published = publicUrl === undefined ? undefined : toPlace(publicUrl);

  return {
    placeOf(headers) {
      const host = headers.host ?? headers[":authority"];
      if (typeof host !== "string") return undefined;
      for (const place of published === undefined ? [] : [published]) if (isAt(place, host)) return place;
      const place = toPlace(`${scheme}//${host}`);
      if (place === undefined) return undefined;
      if (loopback.includes(place.origin)) return place;
      return hasTls && published === undefined ? place : undefined;
    },
    get main() {
      return published ?? toPlace(loopback[0] ?? "");
    },
    get passkeys() {
      const place = published ?? toPlace(loopback[1] ?? "");
      if (place === undefined) return undefined;
      const { hostname } = new URL(place.origin);
      const isName = isIP(hostname) === 0 && !hostname.startsWith("[");
      return isName && (place.isSecure || hostname === "localhost") ? { ...place, rpId: hostname } : undefined;
    },
    listensOn(port) {
      if (!isLoopback) return;
      loopback = ["127.0.0.1", "localhost", "[::1]"].map((host) => new URL(`${scheme}//${host}:${port}`).origin);
    },
  };
}

/** Whether a Host header names the place. Browsers leave out the port that a scheme implies. */
function isAt({ origin }: Place, host: string): boolean {
  return toPlace(`${new URL(origin).protocol}//${host}`)?.origin === origin;
}

/** Undefined for anything but a scheme, a host and a port. */
function toPlace(text: string): Place | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, protocol, pathname, search, username, password } = new URL(text);
  if (pathname !== "/" || search !== "" || username !== "" || password !== "") return undefined;
  return { origin, isSecure: protocol === "https:" };
}

/**
 * Whether a request comes from a page of this place. Browsers of today send both headers, so a program that
 * sends neither is not the page of another site.
 */
export function isOwnPage({ origin }: Place, headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  return headers.origin === undefined || headers.origin === origin;
}
