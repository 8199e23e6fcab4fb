import { Health } from "../../gen/health_pb.ts";
import type { ListenAddress } from "../config/listen-address.ts";
import { SecretError } from "../error.ts";
import { serveService } from "../http/call/service.ts";
import { createHttpServer } from "../http/connection/server.ts";
import type { HealthControl } from "../rpc/health.ts";
import { logOfHttp, probesOf } from "./probes.ts";

/** More connections for reading metrics and health are a mistake. */
const connections = 50;

export interface MetricsServerOptions {
  readonly at: Pick<ListenAddress, "host" | "port">;
  readonly health: Pick<HealthControl, "implementation">;
  readonly isReady: () => boolean;
  /** All metrics, in the text format of Prometheus. */
  readonly read: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

/**
 * Serves metrics and health, also that of gRPC, on a port of their own, without TLS or a token: anyone who can reach
 * the port may read them. Connections to the other port cannot keep a probe out here.
 */
export async function serveMetrics({ at, health, isReady, read }: MetricsServerOptions) {
  const server = createHttpServer({
    services: [serveService(Health, health.implementation, { isPublic: true })],
    probes: {
      ...probesOf(isReady),
      "/metrics": async () => ({ status: 200, ...(await read()) }),
    },
    authenticate: () => {
      throw new SecretError({ reason: "UNAUTHENTICATED", message: "nothing here needs a token" });
    },
    connections,
    log: logOfHttp,
  });
  const { host, port } = await server.listen(at.host, at.port);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    close: () => server.close(),
  };
}
