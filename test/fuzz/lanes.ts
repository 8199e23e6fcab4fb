import net from "node:net";
import { lateSeconds, onceLate } from "./late.ts";
import { type Answer, readAnswer } from "./read-answer.ts";

/** A request over HTTP/1.1 whose framing is right, whatever is in it. */
export interface Framed {
  readonly verb: string;
  /** Printable ASCII, as are the headers. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export type Ask = (requests: readonly Framed[]) => Promise<readonly Answer[]>;

/**
 * Asks over some connections, which stay open: each sends one request after the other. Throws when a request gets no
 * answer. Sockets are used directly, because the client of Node takes more time than the service.
 */
export function createLanes(to: { readonly host: string; readonly port: number }, count: number): Ask {
  const lanes = Array.from({ length: count }, () => createLane(to));
  return async (requests) => {
    const answers: Answer[] = [];
    let next = 0;
    await Promise.all(
      lanes.map(async (ask) => {
        while (next < requests.length) {
          const at = next;
          next += 1;
          const request = requests[at];
          if (request !== undefined) answers[at] = await ask(request);
        }
      }),
    );
    return answers;
  };
}

interface Open {
  readonly socket: net.Socket;
  answered: number;
}

function createLane(to: { readonly host: string; readonly port: number }): (request: Framed) => Promise<Answer> {
  let open: Open | undefined;
  return async (request) => {
    const bytes = encode(request);
    for (;;) {
      if (open === undefined || open.socket.destroyed || open.socket.readableEnded) {
        open = { socket: net.connect(to.port, to.host).setNoDelay(), answered: 0 };
        open.socket.unref().on("error", () => {});
      }
      const answer = await exchangeOn(open.socket, bytes, request.verb === "HEAD");
      if (answer !== undefined) {
        open.answered += 1;
        if (answer.isLast) open.socket.destroy();
        return answer;
      }
      // The service may close a connection after an answer, while the next request is on its way.
      if (open.answered === 0) throw new Error("the service closed the connection without an answer");
      open = undefined;
    }
  };
}

function encode({ verb, path, headers, body }: Framed): Buffer {
  const own = headers.some(([name]) => name === "host") ? headers : [["host", "localhost"], ...headers];
  const lines = [...own, ["content-length", String(body.length)]].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${verb} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), body]);
}

/** Undefined when the connection closed without a whole answer. */
function exchangeOn(socket: net.Socket, bytes: Buffer, isHead: boolean): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const stopWaiting = onceLate(() => {
      settle(() => reject(new Error(`the service did not answer within ${lateSeconds} seconds`)));
      socket.destroy();
    });
    const settle = (end: () => void) => {
      stopWaiting();
      socket.off("data", onData).off("close", onClose);
      end();
    };
    const onData = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = readAnswer(received, { isHead, isEnd: false });
      if (answer !== undefined) settle(() => resolve(answer));
    };
    const onClose = () => settle(() => resolve(readAnswer(received, { isHead, isEnd: true })));
    socket.on("data", onData).on("close", onClose);
    socket.write(bytes);
  });
}
