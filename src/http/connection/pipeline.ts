import type { Exchange } from "../call/exchange.ts";
import type { Connection } from "./connection.ts";
import { connectionLimits } from "./connection-limits.ts";

/**
 * One request of an HTTP/1.1 connection is served at a time. Responses must be sent in order anyway, so serving the
 * next one earlier would only hold its response in memory, for as long as the client does not read.
 *
 * Calls `serve` once every earlier request of the connection has its whole response, and never if the connection is
 * gone by then. Returns false, and does nothing, when too many requests are waiting.
 */
export function enterPipeline(connection: Connection, exchange: Exchange, serve: () => void): boolean {
  const { waiting } = connection;
  if (waiting !== undefined && waiting.length >= connectionLimits.pipelinedRequests) return false;
  const start = () => {
    exchange.onceClosed(() => startNext(connection));
    serve();
  };
  if (waiting === undefined) {
    connection.waiting = [];
    start();
  } else waiting.push(start);
  return true;
}

function startNext(connection: Connection): void {
  const start = connection.socket.destroyed ? undefined : connection.waiting?.shift();
  if (start === undefined) connection.waiting = undefined;
  else start();
}
