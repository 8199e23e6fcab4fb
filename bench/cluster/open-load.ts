import http from "node:http";
import type { HttpCall } from "../http-load.ts";
import { type Latencies, startStopwatch } from "../measured.ts";

export interface OpenLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** The call with this number, and the server that gets it. */
  readonly callOf: (at: number) => HttpCall & { readonly url: string };
  readonly headers: Record<string, string>;
}

/**
 * Makes so many calls a second over HTTP/1.1, whether or not those before are answered, each on a connection of its
 * own. The time of a call counts from when it was due. Rejects when an answer is not a success.
 */
export async function openLoad({ perSecond, seconds, callOf, headers }: OpenLoad): Promise<Latencies> {
  const stopwatch = startStopwatch();
  const startedAt = performance.now();
  const calls: Promise<void>[] = [];
  const dueAt = (at: number) => startedAt + (at * 1000) / perSecond;
  for (let at = 0; at < perSecond * seconds; at += 1) {
    const waitMs = dueAt(at) - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    calls.push(callOnce(callOf(at), headers).then(() => stopwatch.count(performance.now() - dueAt(at))));
  }
  await Promise.all(calls);
  return stopwatch.result();
}

function callOnce(call: HttpCall & { readonly url: string }, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, path, body = "" } = call;
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const request = http.request(call.url + path, { method, headers: { ...headers, ...length }, agent: false });
    request.on("error", reject);
    request.on("response", (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      response.on("error", reject);
      response.on("end", () =>
        statusCode < 300 ? resolve() : reject(new Error(`${method} ${path} is answered with ${statusCode}`)),
      );
    });
    request.end(body);
  });
}
