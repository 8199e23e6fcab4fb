// Headers of version 2 of the PROXY protocol.

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** A header with these addresses, and with more bytes after them. */
export function version2(command: number, family: number, addresses: Buffer, extra: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(addresses.length + extra.length);
  return Buffer.concat([signature, Buffer.of(command, family), length, addresses, extra]);
}

export const ipv4 = Buffer.from("c0000207cb007101c3d201bb", "hex");
export const ipv6 = Buffer.from(`20010db8000000000000000000000007${"00".repeat(15)}01c3d201bb`, "hex");
/** An IPv4 address as an IPv6 one. */
export const mapped = Buffer.from(`00000000000000000000ffffc0000207${"00".repeat(16)}c3d201bb`, "hex");
