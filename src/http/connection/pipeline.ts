import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { connectionLimits } from "./connection-limits.ts";

/** The pipelined requests of HTTP/1.1 connections. */
export interface Pipeline {
  /**
   * Calls `serve` once every earlier request of the connection has its whole response, and never if the connection is gone by
   * then. Returns false, and does nothing, when too many requests are waiting.
   */
  enter(socket: Duplex, response: ServerResponse, serve: () => void): boolean;
}

/**
 * One request of a connection is served at a time. Responses must be sent in order anyway, so serving the next one earlier
 * would only hold its response in memory, for as long as the client does not read.
 */
export function createPipeline(): Pipeline {
  const waitingOn = new WeakMap<Duplex, (() => void)[]>();
  return {
    enter(socket, response, serve) {
      const waiting = waitingOn.get(socket);
      if (waiting !== undefined && waiting.length >= connectionLimits.pipelinedRequests) return false;
      const start = () => {
        response.once("close", () => next(socket));
        serve();
      };
      if (waiting === undefined) {
        waitingOn.set(socket, []);
        start();
      } else waiting.push(start);
      return true;
    },
  };

  function next(socket: Duplex): void {
    const start = socket.destroyed ? undefined : waitingOn.get(socket)?.shift();
    if (start === undefined) waitingOn.delete(socket);
    else start();
  }
}
