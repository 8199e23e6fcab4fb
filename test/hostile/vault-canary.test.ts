import { expect, test } from "vitest";
import { freePort } from "../support/mongo/free-port.ts";
import { startServer } from "../support/server-process.ts";
import { mergePatch, vaultCaller } from "../support/vault/vault-call.ts";

test("threat 134: no line of the log and no metric has a path, a value or a credential of the API of Vault", async () => {
  const metrics = `127.0.0.1:${await freePort()}`;
  const server = await startServer({
    env: { SECRET_SVC_VAULT_API: "on", SECRET_SVC_LOG_LEVEL: "debug", SECRET_SVC_METRICS_LISTEN: metrics },
  });
  const [key, value, name] = ["canary-key-7391", "canary-value-7391", "canary-name-7391"];
  const call = vaultCaller(server, server.adminToken);
  const requests: Parameters<typeof call>[] = [
    ["PUT", `secret/data/${key}`, { data: { [name]: value } }],
    ["GET", `secret/data/${key}`],
    ["PATCH", `secret/data/${key}`, { data: { [name]: `${value}2` } }, mergePatch],
    ["PUT", `secret/data/${key}`, `{"data":{"${name}":"${value}"`],
    ["PUT", `secret/data/${key}`, { data: { [name]: value }, options: { cas: value } }],
    ["POST", `secret/metadata/${key}`, { custom_metadata: { [name]: value } }],
    ["POST", `secret/metadata/${key}`, { custom_metadata: { expires: value } }],
    ["LIST", `secret/metadata/${key}`],
    ["GET", `env/data/${key}`],
    ["GET", `${key}/data/x`],
    ["GET", `secret/data/${key}?version=${value}`],
    ["POST", "auth/approle/login", { role_id: key, secret_id: value }],
    ["POST", "auth/token/create", { display_name: name, ttl: value }],
    ["DELETE", `secret/data/${key}`],
  ];
  for (const request of requests) await call(...request);
  const measured = await (await fetch(`http://${metrics}/metrics`)).text();
  expect(measured).toContain('rpc="vault.v1/ReadData"');
  expect(server.output()).toContain("vault.v1/PutData");
  for (const text of [measured, server.output()]) {
    for (const canary of [key, value, name, server.adminToken]) expect(text).not.toContain(canary);
  }
  await server.stop();
});
