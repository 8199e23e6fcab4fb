import { isIP } from "node:net";
import { ConfigError } from "./config-error.ts";

/** The address that a server listens on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

/** Parses an address and a port. `name` is the setting, for error messages. Throws `ConfigError`. */
export function parseListen(name: string, listen: string): ListenAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(listen);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3]);
  const isHost = host === "localhost" || isIP(host) !== 0;
  if (match === null || port > 65_535 || !isHost) {
    throw new ConfigError(
      `${name} must be an address and a port such as 127.0.0.1:11337, 0.0.0.0:11337 or [::1]:11337`,
    );
  }
  return { host, port, isLoopback: host === "localhost" || host === "::1" || /^127\./.test(host) };
}
