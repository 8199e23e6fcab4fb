import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./metrics.ts";

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Pick<Metrics, "read">;
  readonly isReady: () => boolean;
}

/** More connections than this for reading metrics are a mistake. */
const connectionsMax = 50;

/**
 * Serves `/metrics`, `/healthz` and `/readyz` on a port of their own, without a token: anyone who can reach the port
 * may read them. Rejects when it cannot listen on the address.
 */
export async function listenForMetrics({ host, port, metrics, isReady }: MetricsServerOptions): Promise<MetricsServer> {
  const answer = async (path: string | undefined): Promise<readonly [number, string, string]> => {
    if (path === "/metrics") {
      const { text, contentType } = await metrics.read();
      return [200, contentType, text];
    }
    if (path === "/healthz" || (path === "/readyz" && isReady())) return [200, "text/plain", "ok\n"];
    return path === "/readyz" ? [503, "text/plain", "not ready\n"] : [404, "text/plain", "not found\n"];
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const answered = isRead ? answer(request.url) : Promise.resolve([405, "text/plain", "use GET\n"] as const);
    answered.then(
      ([status, contentType, text]) => {
        response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
        response.end(request.method === "HEAD" ? undefined : text);
      },
      () => response.writeHead(500).end(),
    );
  });
  server.maxConnections = connectionsMax;
  server.listen(port, host);
  await once(server, "listening");
  const { address, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${taken}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
