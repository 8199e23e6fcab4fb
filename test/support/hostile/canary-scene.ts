import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Transport } from "@connectrpc/connect";
import { expect } from "vitest";
import { AuditService } from "../../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../../gen/secret/v1/identity_service_pb.ts";
import { SecretService } from "../../../gen/secret/v1/secret_service_pb.ts";
import { createTokenSecret } from "../../../src/rules/token.ts";
import type { Connection } from "../api/fixture.ts";
import { connectBinary, connectJson, grpc, grpcWeb, rest } from "../api/transports.ts";
import { type ServerProcess, startServer } from "../server-process.ts";
import { type Canary, canaryOf, createCanary, tracesIn } from "./traces.ts";

/** A service in a process of its own, every secret thing of which is a canary. */
export interface Scene {
  readonly server: ServerProcess;
  readonly dataDir: string;
  /** Where the service would put temporary files. */
  readonly tempDir: string;
  readonly admin: string;
  readonly bob: string;
  /** All canaries so far. Callers add those of tokens that they get. */
  readonly canaries: Canary[];
  /** Sent in values and in the place of everything else; never of use as a name. */
  readonly value: Canary;
  readonly connections: readonly { readonly name: string; readonly connection: Connection }[];
  clients(transport: Transport): Clients;
  stop(): Promise<void>;
}

export type Clients = ReturnType<typeof clientsOf>;

export async function startScene(settings: Record<string, string> = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-canary-"));
  const [dataDir, tempDir] = [join(folder, "data"), join(folder, "temp")];
  for (const each of [dataDir, tempDir]) mkdirSync(each);
  const key = randomBytes(32);
  const admin = createTokenSecret();
  // Outside the data folder, where nothing may hold it.
  const tokenFile = join(folder, "given.token");
  writeFileSync(tokenFile, admin, { mode: 0o600 });
  const env = { SECRET_SVC_VAULT_API: "on", OB_ENCRYPTION_KEY: key.toString("base64"), OB_ADMIN_TOKEN_FILE: tokenFile };
  const server = await startServer({ dataDir, env: { ...env, ...settings, TMPDIR: tempDir, SQLITE_TMPDIR: tempDir } });
  const connections = [rest, connectJson, connectBinary, grpc, grpcWeb].map(({ name, open }) => {
    return { name, connection: open({ url: server.url, inMemory: undefined }) };
  });
  const value = createCanary("value");
  const canaries = [
    canaryOf("encryption key", key.toString("base64"), key),
    canaryOf("admin token", admin.slice("oo_".length)),
    value,
  ];
  const scene = { server, dataDir, tempDir, admin, canaries, value, connections, clients: clientsOf };
  const first = connections[0];
  if (first === undefined) throw new Error("no transport");
  const { identity } = clientsOf(first.connection.as(admin));
  await identity.saveUsers({ users: [{ slug: "bob" }] });
  const { secret: bob } = await identity.createToken({ slug: "bob" });
  canaries.push(canaryOf("bob's token", bob.slice("oo_".length)));
  return {
    ...scene,
    bob,
    async stop() {
      for (const { connection } of connections) connection.close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Shows the beginning of what was seen where a canary is in it. */
export function expectNoCanary(seen: string, { canaries }: Scene): void {
  const traces = tracesIn(seen, canaries);
  expect(traces, traces.length === 0 ? "" : seen.slice(0, 300)).toEqual([]);
}

function clientsOf(transport: Transport) {
  return {
    secrets: createClient(SecretService, transport),
    identity: createClient(IdentityService, transport),
    audit: createClient(AuditService, transport),
  };
}
