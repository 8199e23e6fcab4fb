import { isIPv6 } from "node:net";
import { parseAddress } from "../../text/address.ts";

/** Finds the address of the client of a request that came from `peer`. */
export type ClientAddress = (peer: string, rawHeaders: readonly string[]) => string;

/**
 * Believes one header, and only from the proxies in front of the service. Each proxy appends the address that it was
 * called from. So the header is read from the right, for as long as the addresses are those of proxies. The first other
 * address is the client: what is left of it may be invented. What cannot be read counts as the proxy that sent it.
 */
export function createClientAddress(header: string, isProxy: (address: string) => boolean): ClientAddress {
  const split = header === "forwarded" ? splitForwarded : splitList;
  const read = header === "forwarded" ? readForwarded : readNode;
  return (peer, rawHeaders) => {
    let address = peer;
    if (!isProxy(address)) return address;
    for (const line of linesOf(header, rawHeaders)) {
      for (const element of split(line)) {
        const named = read(element.trim());
        if (named === undefined) return address;
        address = named;
        if (!isProxy(address)) return address;
      }
    }
    return address;
  };
}

/** The values of a header, the last line first. */
function* linesOf(header: string, rawHeaders: readonly string[]): Iterable<string> {
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    const name = rawHeaders[at];
    if (name?.length === header.length && name.toLowerCase() === header) yield rawHeaders[at + 1] ?? "";
  }
}

/** The elements of a list, the last one first. */
function* splitList(text: string): Iterable<string> {
  let end = text.length;
  while (end >= 0) {
    const comma = end === 0 ? -1 : text.lastIndexOf(",", end - 1);
    yield text.slice(comma + 1, end);
    end = comma;
  }
}

/**
 * The same, but a comma in quotation marks separates nothing. They are counted from the right: those on the left may
 * come from a client that leaves one open, so that it swallows what the proxy appends.
 */
function* splitForwarded(text: string): Iterable<string> {
  let end = text.length;
  let isQuoted = false;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (text[at] !== "," || isQuoted) continue;
    yield text.slice(at + 1, end);
    end = at;
  }
  yield text.slice(0, end);
}

/** A parameter of RFC 7239. Values with a colon should be quoted, but not every proxy does so. */
const parameter = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*(?:;|$)/y;

function readForwarded(element: string): string | undefined {
  const nodes: string[] = [];
  parameter.lastIndex = 0;
  while (parameter.lastIndex < element.length) {
    const [, name, quoted, plain] = parameter.exec(element) ?? [];
    if (name === undefined) return undefined;
    if (name.toLowerCase() === "for") nodes.push(quoted ?? plain ?? "");
  }
  const [node, ...others] = nodes;
  return node === undefined || others.length > 0 ? undefined : readNode(node);
}

const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/;
const withPort = /^([\d.]+):\d{1,5}$/;

/** An address, with or without a port. */
function readNode(text: string): string | undefined {
  const [, bracketed] = inBrackets.exec(text) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? parseAddress(bracketed) : undefined;
  const [, beforePort] = withPort.exec(text) ?? [];
  return parseAddress(beforePort ?? text);
}
