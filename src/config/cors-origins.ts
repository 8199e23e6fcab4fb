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
