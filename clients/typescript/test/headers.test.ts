import { createClient } from "@connectrpc/connect";
import { propagation } from "@opentelemetry/api";
import { SecretClient } from "@secret-svc/client";
import { SecretClient as BrowserClient } from "@secret-svc/client/browser";
import { AuditService } from "@secret-svc/client/v1";
import { afterEach, describe, expect, test } from "vitest";
import { environment, hasSurroundings, tokenOf } from "./cases.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

afterEach(() => propagation.disable());

describe.skipIf(!hasSurroundings)("headers of a program", () => {
  const url = () => environment("SECRET_URL");
  const headers = () => ({ traceparent, Authorization: "Bearer none" });
  const makers: readonly (readonly [string, (more: object) => SecretClient | BrowserClient])[] = [
    ["gRPC", (more) => new SecretClient(url(), tokenOf("admin"), more)],
    ["Connect", (more) => new SecretClient(url(), tokenOf("admin"), { protocol: "connect", ...more })],
    ["a browser", (more) => new BrowserClient(url(), tokenOf("admin"), more)],
  ];

  /** The request ids of the newest records, which the calls of this client left. */
  async function idsOf(client: SecretClient | BrowserClient): Promise<readonly string[]> {
    const before = Date.now();
    for await (const _secret of client.list({ keyPattern: "API_KEY" })) break;
    const { events } = await createClient(AuditService, client.transport).listAuditEvents({ pageSize: 20 });
    client.close();
    return events.filter(({ time }) => Number(time?.seconds) * 1000 >= before - 1000).map(({ requestId }) => requestId);
  }

  test.each(makers)("are sent over %s, and never replace the token", async (_name, make) => {
    expect((await idsOf(make({ headers }))).join()).toContain(`${traceId}-`);
  });

  test("come from the active span of OpenTelemetry, without its baggage", async () => {
    const injected = { traceparent: traceparent.replace("4bf9", "5bf9"), baggage: "k=v" };
    propagation.setGlobalPropagator({
      inject: (_context, carrier) => void Object.assign(carrier as object, injected),
      extract: (context) => context,
      fields: () => Object.keys(injected),
    });
    const client = new SecretClient(url(), tokenOf("admin"));
    expect((await idsOf(client)).join()).toContain(`5bf9${traceId.slice(4)}-`);
  });
});
