import { isIPv4, isIPv6 } from "node:net";
import { parseAddress } from "../../text/address.ts";

/** What a PROXY protocol header says: the address of the client, or undefined if the proxy speaks for itself. */
export interface ProxyHeader {
  /** Length of the header. */
  readonly bytes: number;
  readonly client: string | undefined;
}

const version1 = Buffer.from("PROXY ", "latin1");
/** The longest header of version 1, with its line break. */
const version1Bytes = 107;

const version2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const version2Bytes = 16;
/** Addresses need 216 bytes at most. The rest is for what else a proxy may report, such as a certificate. */
const version2Max = 16 * 1024;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, from the first bytes of a connection. The specification is at
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
 */
export function readProxyHeader(seen: Buffer): ProxyHeader | "more" | "invalid" {
  if (startsLike(seen, version1)) return seen.length < version1.length ? "more" : readVersion1(seen);
  if (startsLike(seen, version2)) return seen.length < version2Bytes ? "more" : readVersion2(seen);
  return "invalid";
}

function startsLike(seen: Buffer, signature: Buffer): boolean {
  const length = Math.min(seen.length, signature.length);
  return signature.compare(seen, 0, length, 0, length) === 0;
}

const line = /^PROXY (?:(UNKNOWN)(?: .*)?|(TCP4|TCP6) (\S+) (\S+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4}))$/;

function readVersion1(seen: Buffer): ProxyHeader | "more" | "invalid" {
  const text = seen.toString("latin1", 0, version1Bytes);
  const end = text.indexOf("\r\n");
  if (end < 0) return seen.length < version1Bytes ? "more" : "invalid";
  const [, unknown, family, source = "", destination = "", ...ports] = line.exec(text.slice(0, end)) ?? [];
  const bytes = end + 2;
  if (unknown !== undefined) return { bytes, client: undefined };
  const isAddress = family === "TCP4" ? isIPv4 : isIPv6;
  if (family === undefined || !isAddress(source) || !isAddress(destination)) return "invalid";
  const client = ports.every((port) => Number(port) <= 65_535) ? parseAddress(source) : undefined;
  return client === undefined ? "invalid" : { bytes, client };
}

const commands = { local: 0x20, proxy: 0x21 };
const families = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unix: 0x31 };

function readVersion2(seen: Buffer): ProxyHeader | "more" | "invalid" {
  const command = seen.readUInt8(12);
  const family = seen.readUInt8(13);
  const length = seen.readUInt16BE(14);
  const bytes = version2Bytes + length;
  if (bytes > version2Max) return "invalid";
  if (seen.length < bytes) return "more";
  if (command === commands.local) return { bytes, client: undefined };
  if (command !== commands.proxy) return "invalid";
  const rest = seen.subarray(version2Bytes, bytes);
  switch (family) {
    case families.unspecified:
    case families.unix:
      return { bytes, client: undefined };
    case families.tcp4:
      return rest.length < 12 ? "invalid" : { bytes, client: rest.subarray(0, 4).join(".") };
    case families.tcp6:
      return rest.length < 36 ? "invalid" : { bytes, client: toIPv6(rest.subarray(0, 16)) };
    default:
      return "invalid";
  }
}

function toIPv6(bytes: Buffer): string | undefined {
  return parseAddress((bytes.toString("hex").match(/.{4}/g) ?? []).join(":"));
}
