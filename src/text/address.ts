import { type BlockList, isIP, isIPv4, SocketAddress } from "node:net";

const mappedPrefix = "::ffff:";

/**
 * The address of a peer, as it is limited and recorded. On a socket that serves IPv4 and IPv6, an IPv4 peer has its
 * address mapped into IPv6: it is the same peer.
 */
export function plainAddress(address: string): string {
  const mapped = address.startsWith(mappedPrefix) ? address.slice(mappedPrefix.length) : "";
  return isIPv4(mapped) ? mapped : address;
}

/** An address that a text gives, in its one canonical form. Undefined if the text is not an address. */
export function parseAddress(text: string): string | undefined {
  // A zone only means something on the machine that wrote it.
  if (isIP(text) === 0 || text.includes("%")) return undefined;
  if (isIPv4(text)) return text;
  return plainAddress(new SocketAddress({ address: text, family: "ipv6" }).address);
}

/** Whether an address is in one of the networks. False for what is not an address. */
export function isListed(networks: BlockList, address: string): boolean {
  const [bare = ""] = address.split("%", 1);
  const family = isIP(bare);
  return family !== 0 && networks.check(bare, family === 4 ? "ipv4" : "ipv6");
}
