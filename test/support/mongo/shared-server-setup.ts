import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { type ReplicaSet, startReplicaSet } from "./replica-set.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the URI of the shared server, which the first request starts. */
    mongoStarter: string;
  }
}

/**
 * Global setup of vitest: one single-node replica set for all workers of a run, started when the first test asks for
 * it, so that a run without MongoDB tests does not pay for it. It lives in this process, because workers come and go.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let set: Promise<ReplicaSet> | undefined;
  const server = createServer((_, response) => {
    set ??= startReplicaSet({ members: 1 });
    set.then(
      ({ uri }) => response.end(uri),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  project.provide("mongoStarter", `http://127.0.0.1:${port}/`);
  return async () => {
    server.close();
    await (await set)?.stop();
  };
}
