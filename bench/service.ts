import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { IdentityService } from "../gen/secret/v1/identity_service_pb.ts";
import {
  ListSecretsRequestSchema,
  SaveSecretsRequestSchema,
  SecretService,
  SecretView,
} from "../gen/secret/v1/secret_service_pb.ts";
import type { HttpCall } from "./http-load.ts";
import type { CallsOf, Operation } from "./operations.ts";
import { type Command, type ServerProcess, startProcess } from "./processes.ts";
import {
  listedMetadata,
  listedName,
  listedNamespace,
  listedSecrets,
  otherSecrets,
  pageSize,
  secretKey,
  secretValue,
  userRole,
  userSlug,
  writtenKey,
  writtenSecrets,
} from "./secret.ts";

/** The service that is measured, filled with what the benchmark reads. */
export interface BenchedService {
  readonly server: ServerProcess;
  /** Of the ordinary user. */
  readonly token: string;
  /** How to start it once more on the same data. */
  readonly command: Command;
  readonly dataDir: string;
}

/** Also removes its data. */
export async function endService({ server, dataDir }: BenchedService): Promise<void> {
  await server.stop();
  rmSync(dataDir, { recursive: true });
}

/** Starts `program`, a `secret-svc`, on an empty folder. `store`: a MongoDB URI; the embedded store unless given. */
export async function startService(options: { program: string; store?: string }): Promise<BenchedService> {
  const { program, store } = options;
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-bench-"));
  const settings = { SECRET_SVC_DATA_DIR: dataDir, SECRET_SVC_LISTEN: "127.0.0.1:0" };
  // A shared store has no place for a key of its own.
  const shared = store === undefined ? {} : { SECRET_SVC_STORE: store, OB_ENCRYPTION_KEY: randomKey() };
  const env = { ...process.env, ...settings, ...shared };
  const command = { command: program, args: ["serve"], env };
  const server = await startProcess(command);
  const token = await fill(server.url, readFileSync(join(dataDir, "admin.token"), "utf8").trim());
  return { server, token, command, dataDir };
}

function randomKey(): string {
  return randomBytes(32).toString("base64");
}

async function fill(url: string, adminToken: string): Promise<string> {
  const transport = createConnectTransport({
    baseUrl: url,
    httpVersion: "1.1",
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${adminToken}`);
        return next(request);
      },
    ],
  });
  const secrets = createClient(SecretService, transport);
  const value = secretValue;
  const both = { readers: [userRole], writers: [userRole] };
  const others = Array.from({ length: otherSecrets }, (_, at) => ({ key: `bench/OTHER_${at}`, value }));
  await secrets.saveSecrets({ secrets: [{ key: secretKey, value, readers: [userRole] }, ...others] });
  const written = Array.from({ length: writtenSecrets }, (_, at) => ({ key: writtenKey(at), value, ...both }));
  await secrets.saveSecrets({ secrets: written });
  const listed = Array.from({ length: listedSecrets }, (_, at) => `${listedNamespace}/${listedName(at)}`);
  const metadata = listedMetadata;
  await secrets.saveSecrets({ secrets: listed.map((key) => ({ key, value, metadata, ...both })) });
  const identity = createClient(IdentityService, transport);
  await identity.saveUsers({ users: [{ slug: userSlug, roles: [userRole] }] });
  return (await identity.createToken({ slug: userSlug })).secret;
}

export function serviceHeaders(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}

const path = "/secret-svc/secrets";

/** `operation` over REST. */
export const restCallsOf: CallsOf<HttpCall> = (operation, connection, values) =>
  operation === "write"
    ? values.map((value) => restCall("PUT", { secrets: [{ key: writtenKey(connection), value }] }))
    : [restCall("POST", reads[operation])];

function restCall(method: HttpCall["method"], body: object): HttpCall {
  return { method, path, body: JSON.stringify(body) };
}

const reads = {
  read: { keys: [secretKey] },
  page: { namespace: listedNamespace, pageSize, view: "SECRET_VIEW_METADATA" },
  keys: { namespace: listedNamespace, pageSize: listedSecrets, view: "SECRET_VIEW_KEYS" },
};

/** Where `operation` is called over gRPC. */
export function grpcPathOf(operation: Operation): string {
  return `/secret.v1.SecretService/${operation === "write" ? "SaveSecrets" : "ListSecrets"}`;
}

/** `operation` over gRPC: the encoded messages. */
export const grpcMessagesOf: CallsOf<Uint8Array> = (operation, slot, values) => {
  if (operation === "write") {
    return values.map((value) =>
      toBinary(
        SaveSecretsRequestSchema,
        create(SaveSecretsRequestSchema, { secrets: [{ key: writtenKey(slot), value }] }),
      ),
    );
  }
  return [toBinary(ListSecretsRequestSchema, create(ListSecretsRequestSchema, grpcReads[operation]))];
};

const grpcReads: Record<Exclude<Operation, "write">, MessageInitShape<typeof ListSecretsRequestSchema>> = {
  read: { keys: [secretKey] },
  page: { namespace: listedNamespace, pageSize, view: SecretView.METADATA },
  keys: { namespace: listedNamespace, pageSize: listedSecrets, view: SecretView.KEYS },
};
