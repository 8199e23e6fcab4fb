import { ConfigError } from "./config-error.ts";

const example = "such as https://secrets.example.com";

/** Parses the address at which people find the service with a browser. Undefined: not set. Throws `ConfigError`. */
export function parsePublicUrl(text: string): string | undefined {
  if (text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new ConfigError(`SECRET_SVC_URL must be the address of the service, ${example}`);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new ConfigError(`SECRET_SVC_URL must have no path: the service is at the root of its host, ${example}`);
  }
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !isLoopback) {
    throw new ConfigError(`SECRET_SVC_URL must begin with https:, ${example}: a session in a browser needs TLS`);
  }
  return url.origin;
}
