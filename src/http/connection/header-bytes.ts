/**
 * Size of the headers of an HTTP/2 request, counted as Node counts those of HTTP/1.1: names and values, and the path.
 * Node only announces the limit to clients of HTTP/2, and accepts what exceeds it.
 */
export function headerBytes(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const value = rawHeaders[at + 1] ?? "";
    if (!name.startsWith(":")) bytes += name.length + value.length;
    else if (name === ":path") bytes += value.length;
    else if (name === ":authority") bytes += "host".length + value.length;
  }
  return bytes;
}
