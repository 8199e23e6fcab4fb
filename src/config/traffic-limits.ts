import { ConfigError } from "./config-error.ts";

/** How much one caller or address may do; undefined where there is no limit. */
export interface TrafficLimits {
  /** Calls of one principal. */
  readonly callsPerMinute: number | undefined;
  /** Failed authentications of one address. */
  readonly failuresPerMinute: number | undefined;
  readonly connectionsPerAddress: number | undefined;
}

/**
 * Sane where every client has an address of its own; behind a balancer many share one, so failures are many, too. Throws
 * `ConfigError`.
 */
export function readTrafficLimits(environment: Readonly<Record<string, string | undefined>>): TrafficLimits {
  const limit = (name: string, standard: number) => {
    const text = environment[name] ?? "";
    if (text === "") return standard;
    if (text === "off") return undefined;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new ConfigError(`${name} must be a whole number from 1 to 999999999, or off`);
  };
  return {
    callsPerMinute: limit("SECRET_SVC_CALLS_PER_MINUTE", 300_000),
    failuresPerMinute: limit("SECRET_SVC_FAILURES_PER_MINUTE", 300),
    connectionsPerAddress: limit("SECRET_SVC_CONNECTIONS_PER_ADDRESS", 1_000),
  };
}
