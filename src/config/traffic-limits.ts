import { limits } from "../limits.ts";
import { ConfigError } from "./config-error.ts";

const mib = 1024 * 1024;

/** With less, the largest call would never find room: one user may have half of the memory. */
const leastMemoryMib = 32;

/** Limits for one caller or address, in one process. Undefined: no limit. */
export interface TrafficLimits {
  /** Calls of one principal. */
  readonly callsPerMinute: number | undefined;
  /** Failed authentications from one address. */
  readonly failuresPerMinute: number | undefined;
  readonly connectionsPerAddress: number | undefined;
  /** Calls of methods of logins, which need no token, from one address. Undefined: those of `limits`. */
  readonly loginCallsPerMinute?: number;
  /** Memory of all calls and unread responses, and of large request bodies, in bytes. */
  readonly callMemoryBytes: number;
  readonly bodyMemoryBytes: number;
}

/**
 * Reads the limits. The defaults suit clients that each have their own address. Behind a load balancer many clients
 * share one address, so its failures add up. What is set is for all `workers` together, and each has its share: as a
 * client may have all its connections to one of them, the others must not give it more. Throws `ConfigError`.
 */
export function readTrafficLimits(
  environment: Readonly<Record<string, string | undefined>>,
  workers = 1,
): TrafficLimits {
  const limit = (name: string, standard: number) => {
    const text = environment[name] ?? "";
    if (text === "off") return undefined;
    if (text === "") return Math.floor(standard / workers);
    if (/^[1-9]\d{0,8}$/.test(text)) return shareOf(name, Number(text), { workers, least: 1, unit: "" });
    throw new ConfigError(`${name} must be a whole number from 1 to 999999999, or off`);
  };
  const memory = (name: string, standard: number) => {
    const text = environment[name] ?? "";
    if (text === "") return standard;
    if (/^[1-9]\d{0,5}$/.test(text) && Number(text) >= leastMemoryMib) {
      return shareOf(name, Number(text), { workers, least: leastMemoryMib, unit: " MiB" }) * mib;
    }
    throw new ConfigError(`${name} must be a whole number of MiB from ${leastMemoryMib} to 999999`);
  };
  return {
    callMemoryBytes: memory("SECRET_SVC_CALL_MEMORY", limits.callMemoryBytes),
    bodyMemoryBytes: memory("SECRET_SVC_BODY_MEMORY", limits.bodyMemoryBytes),
    callsPerMinute: limit("SECRET_SVC_CALLS_PER_MINUTE", 300_000),
    failuresPerMinute: limit("SECRET_SVC_FAILURES_PER_MINUTE", 300),
    connectionsPerAddress: limit("SECRET_SVC_CONNECTIONS_PER_ADDRESS", 1_000),
    loginCallsPerMinute: Math.floor(limits.loginCallsPerMinute / workers),
  };
}

/** The share of one worker. A share that is too small would refuse what one process lets through. */
function shareOf(
  name: string,
  all: number,
  { workers, least, unit }: { readonly workers: number; readonly least: number; readonly unit: string },
): number {
  const share = Math.floor(all / workers);
  if (share >= least) return share;
  throw new ConfigError(
    `${name} is ${all}${unit} for all ${workers} workers of SECRET_SVC_WORKERS together: it must be at least ` +
      `${least * workers}${unit}, ${least} for each`,
  );
}
