import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeFolderOnDisk } from "../folder-on-disk.ts";
import { type ReplicaSet, startReplicaSet } from "../mongo/replica-set.ts";
import { type ServerProcess, startServer } from "../server-process.ts";
import { startProxy, type TcpProxy } from "./proxy.ts";
import type { Endpoint } from "./session.ts";

/** A service process over all its lives. */
export interface ServiceNode extends Endpoint {
  /** As a crash would. */
  kill(): Promise<void>;
  /** Again, on another port, as a supervisor would: until it starts, but not for ever. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** What all lives printed. */
  output(): string;
}

/** A three-node replica set; all that drivers and members say to each member passes the proxy in front of it. */
export interface Database {
  readonly set: ReplicaSet;
  /** In the order of the members of the set. */
  readonly proxies: readonly TcpProxy[];
}

export interface Cluster {
  /** What services of this cluster have in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly services: readonly [ServiceNode, ...ServiceNode[]];
  /** Undefined for SQLite. */
  readonly database: Database | undefined;
  readonly adminToken: string;
  stop(): Promise<void>;
}

/** Two services on a replica set of three, or one on SQLite, which is for one process. */
export async function startCluster(
  store: "mongodb" | "sqlite",
  settings: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const prefix = "secret-svc-failure-";
  const isOnDisk = settings.SECRET_SVC_AUDIT_SYNC === "disk";
  const folder = isOnDisk ? makeFolderOnDisk(prefix) : mkdtempSync(join(tmpdir(), prefix));
  const adminToken = `oo_${randomBytes(32).toString("base64url")}`;
  writeFileSync(join(folder, "token"), adminToken, { mode: 0o600 });
  const database = store === "mongodb" ? await startDatabase() : undefined;
  const uri = database?.set.uri.replace("/?", "/secrets?");
  const env = {
    ...settings,
    OB_ADMIN_TOKEN_FILE: join(folder, "token"),
    OB_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    ...(uri === undefined ? {} : { SECRET_SVC_STORE: uri }),
  };
  const first = await startNode("service 1", join(folder, "1"), env);
  const others = database === undefined ? [] : [await startNode("service 2", join(folder, "2"), env)];
  const services = [first, ...others] as const;
  return {
    env,
    folder,
    services,
    database,
    adminToken,
    stop: async () => {
      await Promise.all(services.map((service) => service.kill()));
      await database?.set.stop();
      await Promise.all(database?.proxies.map((proxy) => proxy.close()) ?? []);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startDatabase(): Promise<Database> {
  const byTarget = new Map<number, TcpProxy>();
  const set = await startReplicaSet({
    members: 3,
    electionTimeoutMs: 1_000,
    advertise: async (port) => {
      const proxy = await startProxy(port);
      byTarget.set(port, proxy);
      return proxy.port;
    },
  });
  return { set, proxies: set.members.flatMap(({ port }) => byTarget.get(port) ?? []) };
}

/** Starts a service with these variables in its environment. */
export async function startNode(
  name: string,
  dataDir: string,
  env: Readonly<Record<string, string>>,
): Promise<ServiceNode> {
  let past = "";
  let process: ServerProcess = await startServer({ dataDir, env });
  const retryMs = 250;
  const attemptsMax = 100;
  return {
    name,
    get url() {
      return process.url;
    },
    kill: () => process.kill(),
    start: async () => {
      past += process.output();
      for (let attempt = 1; ; attempt += 1) {
        try {
          process = await startServer({ dataDir, env });
          return;
        } catch (error) {
          if (attempt === attemptsMax) throw error;
          past += String(error);
          await delay(retryMs);
        }
      }
    },
    pause: () => process.signal("SIGSTOP"),
    resume: () => process.signal("SIGCONT"),
    output: () => past + process.output(),
  };
}
