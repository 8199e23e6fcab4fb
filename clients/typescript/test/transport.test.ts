/** Fault C15: generated code over the connection of the client. */
import { createClient } from "@connectrpc/connect";
import { errorFromCall, Reason, SecretClient } from "@secret-svc/client";
import { SecretClient as BrowserClient } from "@secret-svc/client/browser";
import { AuditService } from "@secret-svc/client/v1";
import { describe, expect, test } from "vitest";
import { environment, hasSurroundings, tokenOf } from "./cases.ts";
import { mustNotShow } from "./plain.ts";

describe.skipIf(!hasSurroundings)("fault C15: generated code over the connection of a client", () => {
  const clients = (token: string) => [
    new SecretClient(environment("SECRET_URL"), token),
    new SecretClient(environment("SECRET_URL"), token, { protocol: "connect" }),
    new SecretClient(environment("SECRET_TLS_URL"), token, { caFile: environment("SECRET_CA_FILE") }),
    new BrowserClient(environment("SECRET_URL"), token),
  ];

  test("sends the token with calls and streams", async () => {
    for (const client of clients(tokenOf("admin"))) {
      const audit = createClient(AuditService, client.transport);
      expect((await audit.listAuditEvents({ pageSize: 1 })).events).toHaveLength(1);
      const messages = [];
      for await (const message of audit.verifyAudit({})) messages.push(message.done);
      expect(messages.at(-1)).toBe(true);
      mustNotShow(tokenOf("admin"), client);
      mustNotShow(tokenOf("admin"), client.transport);
      client.close();
    }
  });

  test("has errors whose reason can be found", async () => {
    for (const client of clients(tokenOf("app"))) {
      const error = await createClient(AuditService, client.transport)
        .listAuditEvents({})
        .catch((reason: unknown) => reason);
      expect(errorFromCall(error).reason).toBe(Reason.ADMIN_ONLY);
      client.close();
    }
  });
});
