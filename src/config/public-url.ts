import { ConfigError } from "./config-error.ts";

const hostsHere = ["127.0.0.1", "[::1]", "localhost"];

/** The origin at which browsers reach the service; undefined for "". Throws `ConfigError`. */
export function parsePublicUrl(text: string): string | undefined {
  if (text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && hostsHere.includes(url.hostname));
  if (url !== undefined && isSafe && [url.origin, `${url.origin}/`].includes(text)) return url.origin;
  throw new ConfigError(
    "SECRET_SVC_URL must be the address at which browsers reach the service, such as https://secrets.example.com, " +
      "without a path (http only for this machine)",
  );
}
