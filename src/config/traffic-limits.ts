import { limits } from "../limits.ts";
import { ConfigError } from "./config-error.ts";

const mib = 1024 * 1024;

/** With less, the largest call would never find room: one user may have half of the memory. */
const leastMemoryMib = 32;

/** Limits for one caller or address. Undefined: no limit. */
export interface TrafficLimits {
  /** Calls of one principal. */
  readonly callsPerMinute: number | undefined;
  /** Failed authentications from one address. */
  readonly failuresPerMinute: number | undefined;
  readonly connectionsPerAddress: number | undefined;
  /** Memory of all calls and unread responses, and of large request bodies, in bytes. */
  readonly callMemoryBytes: number;
  readonly bodyMemoryBytes: number;
}

/**
 * Reads the limits. The defaults suit clients that each have their own address. Behind a load balancer many clients
 * share one address, so its failures add up. Throws `ConfigError`.
 */
export function readTrafficLimits(environment: Readonly<Record<string, string | undefined>>): TrafficLimits {
  const limit = (name: string, standard: number) => {
    const text = environment[name] ?? "";
    if (text === "") return standard;
    if (text === "off") return undefined;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new ConfigError(`${name} must be a whole number from 1 to 999999999, or off`);
  };
  const memory = (name: string, standard: number) => {
    const text = environment[name] ?? "";
    if (text === "") return standard;
    if (/^[1-9]\d{0,5}$/.test(text) && Number(text) >= leastMemoryMib) return Number(text) * mib;
    throw new ConfigError(`${name} must be a whole number of MiB from ${leastMemoryMib} to 999999`);
  };
  return {
    callMemoryBytes: memory("SECRET_SVC_CALL_MEMORY", limits.callMemoryBytes),
    bodyMemoryBytes: memory("SECRET_SVC_BODY_MEMORY", limits.bodyMemoryBytes),
    callsPerMinute: limit("SECRET_SVC_CALLS_PER_MINUTE", 300_000),
    failuresPerMinute: limit("SECRET_SVC_FAILURES_PER_MINUTE", 300),
    connectionsPerAddress: limit("SECRET_SVC_CONNECTIONS_PER_ADDRESS", 1_000),
  };
}
