import autocannon from "autocannon";
import { type Latencies, startStopwatch } from "./measured.ts";

export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: string;
}

export interface HttpLoad {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly connections: number;
  /** Whole seconds: the load generator does not accept fractions. */
  readonly seconds: number;
  /** The calls that a connection makes in turn. */
  readonly callsOf: (connection: number) => readonly HttpCall[];
}

/** Makes calls over HTTP/1.1, one at a time on each connection. Throws when an answer is not a success. */
export async function httpLoad(load: HttpLoad): Promise<Latencies> {
  let connected = 0;
  const stopwatch = startStopwatch();
  const { non2xx, errors } = await autocannon({
    url: load.url,
    connections: load.connections,
    duration: load.seconds,
    setupClient(client) {
      const calls = load.callsOf(connected);
      connected += 1;
      client.on("response", (_status, _bytes, ms) => stopwatch.count(ms));
      client.setRequests(calls.map((call) => ({ ...call, headers: load.headers })));
    },
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} of the calls were refused, ${errors} failed`);
  return stopwatch.result();
}
