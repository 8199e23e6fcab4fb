import { ConfigError } from "./config-error.ts";

const setting = "SECRET_SVC_CORS_ORIGINS";

/**
 * Parses a list of origins, separated by commas. Each must be written as browsers send it: the scheme, the host in
 * lower case, and the port unless it is the default port of the scheme. Throws `ConfigError`.
 */
export function parseOrigins(text: string): readonly string[] {
  const origins = text
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== "");
  for (const origin of origins) {
    if (origin.includes("*")) throw new ConfigError(`${setting} must name each origin: * is not accepted`);
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      const example = "https://console.example.com";
      throw new ConfigError(`${setting} must be origins such as ${example}, separated by commas; ${origin} is not one`);
    }
    if (url.origin !== origin) {
      throw new ConfigError(`${setting} has ${origin}, which no browser sends as an origin: use ${url.origin}`);
    }
  }
  return origins;
}

/** Parses a list of names of headers, separated by commas. Throws `ConfigError`. */
export function parseCorsHeaders(text: string): readonly string[] {
  const headers = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  for (const name of headers) {
    // Browsers take * for any header, or literally: it depends on how the page calls.
    if (!/^[A-Za-z0-9-]+$/.test(name)) {
      throw new ConfigError(
        `SECRET_SVC_CORS_HEADERS must be names of headers such as X-Trace-Id, separated by commas; ${name} is not one`,
      );
    }
  }
  return headers;
}
