import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether an address is on this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/**
 * The proxy that calls to an address go through, from HTTPS_PROXY or HTTP_PROXY and NO_PROXY, in upper or lower case;
 * undefined without one. Never for an address on this machine.
 */
export function proxyFor(url: string, env: Environment): string | undefined {
  if (isLoopback(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  const name = protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = setting(env, name);
  if (proxy === undefined || !URL.canParse(proxy)) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return isExcepted(host, port, setting(env, "no_proxy") ?? "") ? undefined : proxy;
}

/** An agent that goes through the proxy; undefined without one. */
export function agentFor(url: string, env: Environment): HttpAgent | HttpsAgent | undefined {
  const proxy = proxyFor(url, env);
  if (proxy === undefined) return undefined;
  const options = { keepAlive: true, proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  return new URL(url).protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
}

/** Its address without credentials, for messages. */
export function describeProxy(proxy: string): string {
  return new URL(proxy).host;
}

function setting(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

/** Entries are hosts with all that is below them, a host and a port, or `*`. */
function isExcepted(host: string, port: string, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", wantedPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (wantedPort !== undefined && wantedPort !== port) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}
