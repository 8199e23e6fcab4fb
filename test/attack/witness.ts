import { Agent, request } from "node:http";
import { call, callTimeoutMs, path, type Target } from "./target.ts";

/** What another caller sees of a service. */
export interface Seen {
  /** The longest wait for an answer in milliseconds. */
  readonly longestMs: number;
  readonly calls: number;
  /** Calls that were not answered as they should be. */
  readonly failed: number;
}

/** Calls a service again and again, in turn on a new connection and on one that stays open, until it is stopped. */
export function startWitness(target: Pick<Target, "host" | "port">, token: string): { stop(): Promise<Seen> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let isStopped = false;
  let longestMs = 0;
  let calls = 0;
  let failed = 0;

  async function watch(): Promise<void> {
    for (let round = 0; !isStopped; round += 1) {
      const startedAt = performance.now();
      const isRight =
        round % 2 === 0
          ? await call(target, path.whoAmI, token, {}).then(
              ({ status }) => status === 200,
              () => false,
            )
          : await callOnOpenConnection(target, token, agent);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      calls += 1;
      if (!isRight) failed += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const watching = watch();
  return {
    async stop() {
      isStopped = true;
      await watching;
      agent.destroy();
      return { longestMs: Math.round(longestMs), calls, failed };
    },
  };
}

function callOnOpenConnection({ host, port }: Pick<Target, "host" | "port">, token: string, agent: Agent) {
  return new Promise<boolean>((resolve) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const sent = request({ host, port, agent, path: path.whoAmI, method: "POST", headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode === 200));
    });
    sent.on("error", () => resolve(false));
    sent.setTimeout(callTimeoutMs, () => sent.destroy());
    sent.end("{}");
  });
}
