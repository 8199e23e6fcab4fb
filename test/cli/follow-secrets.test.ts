import { createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { followSecrets } from "../../src/cli/run/follow-secrets.ts";

test("fault D1: a heartbeat does not count as a new connection, so nothing is read again", async () => {
  const ending = new AbortController();
  let streams = 0;
  const transport = createRouterTransport(({ service }) => {
    service(SecretService, {
      async *watchSecrets() {
        streams += 1;
        for (let i = 0; i < 3; i += 1) yield { resumeToken: `${streams}-${i}` };
        if (streams === 2) ending.abort();
      },
    });
  });
  const service = { secrets: createClient(SecretService, transport), credentials: undefined };
  let connections = 0;
  await followSecrets(service, {
    namespace: "",
    keys: [],
    keyPattern: "",
    resumeToken: "",
    signal: ending.signal,
    onChange: () => undefined,
    onConnected: () => {
      connections += 1;
    },
  });
  expect({ streams, connections }).toEqual({ streams: 2, connections: 2 });
});
