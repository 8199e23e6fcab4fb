import { BlockList, isIP } from "node:net";
import { ConfigError } from "./config-error.ts";
import { oneOf } from "./one-of.ts";

/** The proxies and balancers in front of the service that are believed about the addresses of their clients. */
export interface ProxySettings {
  readonly networks: BlockList;
  /** The one header that is believed, in lower case. Undefined: none. */
  readonly header: string | undefined;
  /** Their connections begin with a header of the PROXY protocol. No other header is believed then. */
  readonly sendsProxyProtocol: boolean;
}

const names = {
  networks: "SECRET_SVC_TRUSTED_PROXIES",
  header: "SECRET_SVC_FORWARDED_HEADER",
  protocol: "SECRET_SVC_PROXY_PROTOCOL",
} as const;

/** Undefined: nothing is believed about addresses. Throws `ConfigError`. */
export function readProxies(environment: Readonly<Record<string, string | undefined>>): ProxySettings | undefined {
  const networks = (environment[names.networks] ?? "").split(",").map((network) => network.trim());
  const listed = networks.filter((network) => network !== "");
  const header = readHeaderName(environment[names.header] ?? "");
  const protocol = oneOf(names.protocol, environment[names.protocol] ?? "", ["off", "on"]);
  const sendsProxyProtocol = protocol === "on";
  if (listed.length === 0 && header === undefined && !sendsProxyProtocol) return undefined;
  if (listed.length === 0) {
    const set = sendsProxyProtocol ? names.protocol : names.header;
    throw new ConfigError(
      `${set} needs ${names.networks}: the networks of the proxies, such as 10.1.0.0/16,fd00:1::/64`,
    );
  }
  if (header === undefined && !sendsProxyProtocol) {
    throw new ConfigError(
      `${names.networks} needs ${names.header}, the header in which these proxies name their client, or ${names.protocol}=on`,
    );
  }
  return { networks: toBlockList(listed), header, sendsProxyProtocol };
}

function toBlockList(listed: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const network of listed) {
    const [address = "", bits, ...more] = network.split("/");
    const version = isIP(address);
    const width = version === 4 ? 32 : 128;
    const length = bits === undefined ? width : Number(/^\d{1,3}$/.exec(bits)?.[0]);
    if (version === 0 || address.includes("%") || more.length > 0 || !(length >= 0 && length <= width)) {
      throw new ConfigError(
        `${names.networks} must be addresses or networks such as 10.1.0.0/16 or fd00:1::/64, separated by commas; ` +
          `${network} is not one`,
      );
    }
    if (length === 0) {
      throw new ConfigError(`${names.networks} must not have ${network}: anyone could then claim any address`);
    }
    networks.addSubnet(address, length, version === 4 ? "ipv4" : "ipv6");
  }
  return networks;
}

function readHeaderName(text: string): string | undefined {
  const name = text.trim().toLowerCase();
  if (name === "") return undefined;
  if (!/^[a-z0-9-]{1,64}$/.test(name)) {
    throw new ConfigError(
      `${names.header} must be the name of one header, such as forwarded or x-forwarded-for; ${name} is not one`,
    );
  }
  return name;
}
