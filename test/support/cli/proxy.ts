import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between a client and the service. */
export interface Proxy {
  readonly url: string;
  /** Paths of the calls that came by. */
  readonly calls: readonly string[];
  stop(): Promise<void>;
}

interface Interference {
  /** Before a call is passed on; the number counts calls from 1. */
  readonly before?: (call: number, path: string) => Promise<void>;
  /** Whether to break the connection when the service has answered a call. */
  readonly isAnswerLost?: (call: number, path: string) => boolean;
}

/** Passes calls on to `target`, with something happening in between. */
export async function startProxy(target: string, { before, isAnswerLost }: Interference): Promise<Proxy> {
  const calls: string[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = incoming.url ?? "";
    const call = calls.push(path);
    await before?.(call, path);
    const { method, headers } = incoming;
    const forwarded = request(`${target}${path}`, { method, headers }, (answer) => {
      answer.on("end", () => {
        if (isAnswerLost?.(call, path)) incoming.socket.resetAndDestroy();
      });
      if (isAnswerLost?.(call, path)) return void answer.resume();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
