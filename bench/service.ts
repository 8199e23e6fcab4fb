import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { IdentityService } from "../gen/secret/v1/identity_service_pb.ts";
import { SecretService } from "../gen/secret/v1/secret_service_pb.ts";
import { type Command, type ServerProcess, startProcess } from "./processes.ts";
import {
  listedMetadata,
  listedName,
  listedNamespace,
  listedSecrets,
  otherSecrets,
  secretKey,
  secretValue,
  userRole,
  userSlug,
  writtenKey,
  writtenSecrets,
} from "./secret.ts";

/** A running service, and how to start it again on the same data. */
export interface RunningService {
  readonly server: ServerProcess;
  readonly command: Command;
  readonly dataDir: string;
}

/** The service that is measured, filled with what the benchmark reads. */
export interface BenchedService extends RunningService {
  /** The token of the ordinary user. */
  readonly token: string;
}

export interface ServiceOptions {
  /** The path of a `secret-svc`. */
  readonly program: string;
  /** A MongoDB URI; the embedded store unless given. */
  readonly store?: string | undefined;
  /** Whether it speaks Vault as well. */
  readonly speaksVault?: boolean;
  /** Wraps the command that starts it. */
  readonly through?: (command: Command) => Command;
}

/** Stops a service and removes its data. */
export async function endService({ server, dataDir }: RunningService): Promise<void> {
  await server.stop();
  rmSync(dataDir, { recursive: true });
}

/** Starts a service on an empty store and fills it. */
export async function startService(options: ServiceOptions): Promise<BenchedService> {
  const service = await startEmptyService(options);
  return { ...service, token: await fill(adminTransport(service)) };
}

/** How records of reads are stored in the service that is measured. */
export function measuredAuditSync(): string {
  return process.env.BENCH_AUDIT_SYNC ?? "process";
}

export async function startEmptyService({
  program,
  store,
  speaksVault,
  through,
}: ServiceOptions): Promise<RunningService> {
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-bench-"));
  const settings = { SECRET_SVC_DATA_DIR: dataDir, SECRET_SVC_LISTEN: "127.0.0.1:0" };
  // With a shared store, the service must be given its encryption key.
  const shared = store === undefined ? {} : { SECRET_SVC_STORE: store, OB_ENCRYPTION_KEY: randomKey() };
  // High enough never to be reached, but calls are still counted.
  const limits = { SECRET_SVC_CALLS_PER_MINUTE: "999999999" };
  // The default, whatever this process was started with: it is what OpenBao's audit file is compared with.
  const audit = { SECRET_SVC_AUDIT_SYNC: measuredAuditSync() };
  const vault = speaksVault === true ? { SECRET_SVC_VAULT_API: "on" } : {};
  const env = { ...process.env, ...settings, ...shared, ...limits, ...audit, ...vault };
  const command = { command: program, args: ["serve"], env };
  return { server: await startProcess(through?.(command) ?? command), command, dataDir };
}

function randomKey(): string {
  return randomBytes(32).toString("base64");
}

/** For calls as the admin of a store that this service has just created. */
export function adminTransport({ server, dataDir }: RunningService): Transport {
  const token = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  return createConnectTransport({
    baseUrl: server.url,
    httpVersion: "1.1",
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${token}`);
        return next(request);
      },
    ],
  });
}

/** Creates an ordinary user with one role. Returns a token of that user. */
export async function createUser(transport: Transport, slug: string, role: string): Promise<string> {
  const identity = createClient(IdentityService, transport);
  await identity.saveUsers({ users: [{ slug, roles: [role] }] });
  return (await identity.createToken({ slug })).secret;
}

async function fill(transport: Transport): Promise<string> {
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
  return createUser(transport, userSlug, userRole);
}
