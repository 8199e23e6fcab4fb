import type { IncomingMessage, ServerResponse } from "node:http";
import { type Duplex, duplexPair } from "node:stream";
import { connectionLimits } from "./connection-limits.ts";

/** Methods that Node's parser does not know, and those of the same length that it is given in their place. */
const substitutes: Readonly<Record<string, string>> = { LIST: "LINK", SCAN: "BIND" };

const headEnd = Buffer.from("\r\n\r\n", "latin1");
const lastChunk = Buffer.from("0\r\n\r\n", "latin1");

/** Lets clients of an API send `LIST` and `SCAN` over HTTP/1.1, which Node's parser refuses. */
export interface MethodBridge {
  /** The engine that gets the connections. Must be called before the first of them. */
  setEngine(serve: (socket: Duplex) => void): void;
  /** Takes over a connection whose next request has one of these methods. False: any other error of a client. */
  take(error: NodeJS.ErrnoException, socket: Duplex, lastResponse: ServerResponse | undefined): boolean;
  /** The method of a request as the client sent it. Must be called once for each. */
  verbOf(request: IncomingMessage, response: ServerResponse): string | undefined;
}

/** What is known of the messages of a bridged connection. */
interface Bridged {
  /** The request that is served, or was served last. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Method of the request that is being received, as the client sent it. */
  renamed: string | undefined;
  /** Bytes of that request so far, and its head until that is complete. */
  received: number;
  head: Buffer;
  headBytes: number;
  /** The last bytes that came. */
  tail: Buffer;
  /** The client does not wait for answers, so it is not known where its requests begin. Nothing is renamed any more. */
  isLost: boolean;
}

/**
 * Moves a connection behind a pair of streams, and writes another method in place of the first word of a request. Only
 * bytes that follow a whole request and its whole answer are the start of a request: a body may begin with the same
 * word.
 */
export function createMethodBridge(prefixes: readonly string[]): MethodBridge {
  const starts = Object.keys(substitutes).flatMap((verb) =>
    prefixes.map((prefix) => ({ verb, bytes: Buffer.from(`${verb} ${prefix}`, "latin1") })),
  );
  const bridgedOf = new WeakMap<object, Bridged>();
  const taken = new WeakSet<Duplex>();
  let serve: (socket: Duplex) => void = (socket) => socket.destroy();

  const renamedVerb = (bytes: Buffer) =>
    starts.find((start) => start.bytes.equals(bytes.subarray(0, start.bytes.length)))?.verb;

  function receive(state: Bridged, bytes: Buffer): Buffer {
    let given = bytes;
    if (isBetweenRequests(state)) {
      state.renamed = renamedVerb(bytes);
      state.request = undefined;
      state.received = 0;
      state.head = Buffer.alloc(0);
      state.headBytes = 0;
      const substitute = substitutes[state.renamed ?? ""];
      if (substitute !== undefined) {
        given = Buffer.from(bytes);
        given.write(substitute, "latin1");
      }
    }
    measure(state, bytes);
    return given;
  }

  return {
    setEngine(engine) {
      serve = engine;
    },
    take(error, socket, lastResponse) {
      // The parser that the connection had before still has its timeout.
      if (taken.has(socket)) return true;
      const { rawPacket, bytesParsed } = error as { rawPacket?: Buffer; bytesParsed?: number };
      const isMethod = error.code === "HPE_INVALID_METHOD" && (bytesParsed ?? Number.POSITIVE_INFINITY) <= 4;
      if (!isMethod || rawPacket === undefined || renamedVerb(rawPacket) === undefined) return false;
      const isAnswered = lastResponse === undefined || (lastResponse.writableFinished && lastResponse.req.complete);
      if (!isAnswered || !socket.writable || bridgedOf.has(socket)) return false;
      taken.add(socket);
      const state: Bridged = {
        request: undefined,
        response: undefined,
        renamed: undefined,
        received: 0,
        head: Buffer.alloc(0),
        headBytes: 0,
        tail: Buffer.alloc(0),
        isLost: false,
      };
      const { inner, feed } = connect(socket, (bytes) => receive(state, bytes));
      bridgedOf.set(inner, state);
      serve(inner);
      feed(rawPacket);
      socket.resume();
      return true;
    },
    verbOf(request, response) {
      const state = bridgedOf.get(request.socket);
      if (state === undefined) return undefined;
      const { renamed } = state;
      if (state.request !== undefined) state.isLost = true;
      state.request = request;
      state.response = response;
      state.renamed = undefined;
      return renamed;
    },
  };
}

/** Whether the next bytes begin a request. */
function isBetweenRequests({ request, response, received, headBytes, tail, isLost }: Bridged): boolean {
  if (isLost) return false;
  if (received === 0) return true;
  if (request === undefined || response?.writableFinished !== true || !request.complete || headBytes === 0)
    return false;
  if (request.headers["transfer-encoding"] !== undefined) return tail.equals(lastChunk);
  return received === headBytes + Number(request.headers["content-length"] ?? 0);
}

function measure(state: Bridged, bytes: Buffer): void {
  if (state.headBytes === 0 && state.head.length <= connectionLimits.headerBytes) {
    state.head = Buffer.concat([state.head, bytes]);
    const end = state.head.indexOf(headEnd);
    if (end >= 0) {
      state.headBytes = end + headEnd.length;
      state.head = Buffer.alloc(0);
    }
  }
  state.received += bytes.length;
  state.tail = Buffer.concat([state.tail, bytes.subarray(-lastChunk.length)]).subarray(-lastChunk.length);
}

/** The inner end of a pair whose outer end is the connection, and a way to give it bytes that came before. */
function connect(socket: Duplex, receive: (bytes: Buffer) => Buffer): { inner: Duplex; feed(bytes: Buffer): void } {
  const [inner, outer] = duplexPair();
  for (const name of ["remoteAddress", "remotePort", "localAddress", "localPort", "encrypted"]) {
    Object.defineProperty(inner, name, { value: Reflect.get(socket, name) });
  }
  // Idle and stalled connections are noticed where their bytes arrive.
  Object.defineProperty(inner, "setTimeout", {
    value: (ms: number, listener?: () => void) => {
      (socket as Duplex & { setTimeout(ms: number, listener?: () => void): void }).setTimeout(ms, listener);
      return inner;
    },
  });
  for (const event of ["data", "end", "drain", "readable"]) socket.removeAllListeners(event);
  const feed = (bytes: Buffer) => {
    if (outer.write(receive(bytes))) return;
    socket.pause();
    outer.once("drain", () => socket.resume());
  };
  socket.on("data", feed);
  socket.on("end", () => outer.end());
  socket.on("close", () => {
    outer.destroy();
    inner.destroy();
  });
  outer.on("data", (bytes: Buffer) => {
    if (socket.write(bytes)) return;
    outer.pause();
    socket.once("drain", () => outer.resume());
  });
  outer.on("end", () => socket.end());
  inner.on("close", () => {
    // What was written before the end is still on its way.
    if (socket.writableEnded) return;
    if (outer.readableLength === 0 && inner.writableFinished) socket.end();
    else socket.destroy();
  });
  inner.on("error", () => socket.destroy());
  outer.on("error", () => socket.destroy());
  return { inner, feed };
}
