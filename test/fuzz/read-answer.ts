/** An answer over HTTP/1.1. */
export interface Answer {
  readonly status: number;
  /** Names in lower case, with the values of all headers of that name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** The service closes the connection after it. */
  readonly isLast: boolean;
}

interface Reading {
  /** Of a HEAD request: there is no body, whatever the headers say. */
  readonly isHead: boolean;
  /** Whether nothing more comes. */
  readonly isEnd: boolean;
}

/** Reads one answer, without those of class 1xx before it. Undefined until it is whole. */
export function readAnswer(bytes: Buffer, { isHead, isEnd }: Reading): Answer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error("what the service sent is not an answer of HTTP/1.1");
  const rest = bytes.subarray(end + 4);
  if (status < 200) return readAnswer(rest, { isHead, isEnd });
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf(":");
    const name = line.slice(0, at).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(at + 1).trim()]);
  }
  const body = isHead || status === 204 || status === 304 ? Buffer.alloc(0) : readBody(rest, headers, isEnd);
  if (body === undefined) return undefined;
  return { status, headers, body, isLast: headers.get("connection")?.includes("close") === true };
}

function readBody(bytes: Buffer, headers: ReadonlyMap<string, readonly string[]>, isEnd: boolean): Buffer | undefined {
  if (headers.get("transfer-encoding")?.includes("chunked") === true) return readChunks(bytes);
  const [length] = headers.get("content-length") ?? [];
  if (length === undefined) return isEnd ? bytes : undefined;
  return bytes.length < Number(length) ? undefined : bytes.subarray(0, Number(length));
}

function readChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16);
    const next = end + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = next;
  }
}
