import { describe, expect, test } from "vitest";
import { readProxyHeader } from "../../src/http/connection/proxy-header.ts";
import { ipv4, ipv6, mapped, version2 } from "../support/http/proxy-headers.ts";

describe("the header of the PROXY protocol", () => {
  test.each<[string, Buffer | string, string | undefined]>([
    ["TCP4", "PROXY TCP4 192.0.2.7 203.0.113.1 50130 443\r\n", "192.0.2.7"],
    ["TCP6", "PROXY TCP6 2001:DB8:0::7 ::1 50130 443\r\n", "2001:db8::7"],
    ["UNKNOWN", "PROXY UNKNOWN\r\n", undefined],
    ["UNKNOWN with more", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", undefined],
    ["the longest", `PROXY UNKNOWN ${"f".repeat(91)}\r\n`, undefined],
    ["v2 IPv4", version2(0x21, 0x11, ipv4), "192.0.2.7"],
    ["v2 IPv6", version2(0x21, 0x21, ipv6), "2001:db8::7"],
    ["v2 IPv4 in IPv6", version2(0x21, 0x21, mapped), "192.0.2.7"],
    ["v2 with more after the addresses", version2(0x21, 0x11, ipv4, Buffer.alloc(300, 4)), "192.0.2.7"],
    ["v2 LOCAL", version2(0x20, 0x00, Buffer.alloc(0)), undefined],
    ["v2 LOCAL with addresses", version2(0x20, 0x11, ipv4), undefined],
    ["v2 UNSPEC", version2(0x21, 0x00, Buffer.alloc(0)), undefined],
    ["v2 UNIX", version2(0x21, 0x31, Buffer.alloc(216, 1)), undefined],
  ])("%s is read, in one piece and byte by byte", (_name, header, client) => {
    const bytes = Buffer.from(header as string, "latin1");
    for (let length = 0; length < bytes.length; length++) {
      expect(readProxyHeader(bytes.subarray(0, length))).toBe("more");
    }
    expect(readProxyHeader(bytes)).toEqual({ bytes: bytes.length, client });
    expect(readProxyHeader(Buffer.concat([bytes, Buffer.from("GET /")]))).toEqual({ bytes: bytes.length, client });
  });

  test.each<[string, Buffer | string]>([
    ["HTTP", "GET / HTTP/1.1\r\n"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["TLS", Buffer.from("160301020001000001fc0303", "hex")],
    ["another case", "proxy TCP4 192.0.2.7 203.0.113.1 50130 443\r\n"],
    ["an IPv6 address as TCP4", "PROXY TCP4 2001:db8::7 203.0.113.1 50130 443\r\n"],
    ["a name", "PROXY TCP4 client.example.com 203.0.113.1 50130 443\r\n"],
    ["a port that is too large", "PROXY TCP4 192.0.2.7 203.0.113.1 65536 443\r\n"],
    ["a port with a zero", "PROXY TCP4 192.0.2.7 203.0.113.1 080 443\r\n"],
    ["no ports", "PROXY TCP4 192.0.2.7 203.0.113.1\r\n"],
    ["another family", "PROXY UDP4 192.0.2.7 203.0.113.1 50130 443\r\n"],
    ["more after the ports", "PROXY TCP4 192.0.2.7 203.0.113.1 50130 443 6.6.6.6\r\n"],
    ["a line that does not end", `PROXY UNKNOWN ${"f".repeat(93)}\r\n`],
    ["another version", version2(0x11, 0x11, ipv4)],
    ["another command", version2(0x22, 0x11, ipv4)],
    ["too few bytes for IPv4", version2(0x21, 0x11, ipv4.subarray(0, 11))],
    ["too few bytes for IPv6", version2(0x21, 0x21, ipv6.subarray(0, 35))],
    ["datagrams", version2(0x21, 0x12, ipv4)],
    ["64 KiB", version2(0x21, 0x11, ipv4, Buffer.alloc(65_000))],
  ])("%s is refused", (_name, header) => {
    expect(readProxyHeader(Buffer.from(header as string, "latin1"))).toBe("invalid");
  });

  test("may have 16 KiB with all that is after the addresses, and a port of 65535, but no more", () => {
    const largest = version2(0x21, 0x11, ipv4, Buffer.alloc(16 * 1024 - 16 - 12));
    expect(readProxyHeader(largest)).toEqual({ bytes: 16 * 1024, client: "192.0.2.7" });
    expect(readProxyHeader(version2(0x21, 0x11, ipv4, Buffer.alloc(16 * 1024 - 16 - 11)))).toBe("invalid");
    const ports = (text: string) => readProxyHeader(Buffer.from(`PROXY TCP4 192.0.2.7 203.0.113.1 ${text}\r\n`));
    expect(ports("65535 0")).toMatchObject({ client: "192.0.2.7" });
    expect(ports("0 65535")).toMatchObject({ client: "192.0.2.7" });
    expect(ports("1 65536")).toBe("invalid");
  });

  test("of version 1 is waited for until 107 bytes are there", () => {
    const endless = Buffer.from(`PROXY UNKNOWN ${"f".repeat(200)}`);
    expect(readProxyHeader(endless.subarray(0, 106))).toBe("more");
    expect(readProxyHeader(endless.subarray(0, 107))).toBe("invalid");
  });
});
