import type { Site } from "./people-context.ts";

const hostsHere = ["127.0.0.1", "[::1]", "localhost"];

export interface SiteOptions {
  /** From the settings. Undefined: this machine only. */
  readonly publicUrl: string | undefined;
  readonly isLoopback: boolean;
  readonly isTls: boolean;
  /** Known once the service listens. */
  port(): number;
}

/**
 * The address of the service for browsers. With a setting it is that one; otherwise only this machine, and only when the
 * service listens there alone. Any other header Host is refused, which is what stops the rebinding of names.
 */
export function createSite({ publicUrl, isLoopback, isTls, port }: SiteOptions): Site {
  const scheme = isTls ? "https" : "http";
  return {
    isSecure: publicUrl?.startsWith("https:") ?? isTls,
    get origin() {
      return publicUrl ?? `${scheme}://localhost:${port()}`;
    },
    get isUsable() {
      return publicUrl !== undefined || isLoopback;
    },
    originOf(host) {
      if (host === undefined) return undefined;
      if (publicUrl !== undefined) return new URL(publicUrl).host === host.toLowerCase() ? publicUrl : undefined;
      const isHere = isLoopback && hostsHere.some((name) => host.toLowerCase() === `${name}:${port()}`);
      return isHere ? `${scheme}://${host.toLowerCase()}` : undefined;
    },
  };
}
