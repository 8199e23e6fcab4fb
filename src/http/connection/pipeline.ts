import type { Exchange } from "../call/exchange.ts";
import type { Connection } from "./connection.ts";
import { connectionLimits } from "./connection-limits.ts";

/**
 * Whether a request that has come over an HTTP/1.1 connection may be looked at: none that follows the first refused
 * one. A client that goes on sending is dropped. One read may hold hundreds of requests, and to refuse each of them
 * would take longer than a turn of the event loop may.
 */
export function isPipelineOpen(connection: Connection): boolean {
  if (connection.afterRefused === undefined) return true;
  connection.afterRefused += 1;
  if (connection.afterRefused > connectionLimits.pipelinedRequests) connection.socket.destroy();
  return false;
}

/**
 * One request of an HTTP/1.1 connection is served at a time. Responses must be sent in order anyway, so serving the
 * next one earlier would only hold its response in memory, for as long as the client does not read.
 *
 * Calls `serve` once every earlier request of the connection has its whole response, and never if the connection is
 * gone by then. Returns false when too many requests are waiting: this one is the last of the connection.
 */
export function enterPipeline(connection: Connection, exchange: Exchange, serve: () => void): boolean {
  const { waiting } = connection;
  if (waiting !== undefined && waiting.length >= connectionLimits.pipelinedRequests) {
    connection.afterRefused = 0;
    return false;
  }
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
