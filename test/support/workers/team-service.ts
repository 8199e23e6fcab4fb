import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase } from "../mongo/test-database.ts";
import { type ServerProcess, startServer } from "../server-process.ts";

/** A service with workers on a database of its own. */
export interface TeamService extends ServerProcess {
  readonly token: string;
  readonly mongoUri: string;
  /** Of the workers that run now, in the order in which they were started. */
  workers(): readonly number[];
  metrics(): Promise<ReadonlyMap<string, number>>;
  metricsUrl(): string;
}

export interface TeamOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly workers?: number;
  /** The key comes from elsewhere. */
  readonly withoutKey?: boolean;
}

/** What it started and made is stopped and deleted by what is pushed to `cleanups`, the last one first. */
export async function startTeamService(
  cleanups: (() => unknown)[],
  { env = {}, args = [], workers = 2, withoutKey = false }: TeamOptions = {},
): Promise<TeamService> {
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-workers-"));
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const token = `oo_${randomBytes(32).toString("base64url")}`;
  const tokenFile = join(dataDir, "first-token");
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const started = await startServer({
    dataDir,
    args: ["--workers", String(workers), ...args],
    env: {
      SECRET_SVC_STORE: database.uri,
      ...(withoutKey ? {} : { OB_ENCRYPTION_KEY: randomBytes(32).toString("base64") }),
      OB_ADMIN_TOKEN_FILE: tokenFile,
      SECRET_SVC_METRICS_LISTEN: "127.0.0.1:0",
      ...env,
    },
  });
  cleanups.push(() => {
    // One that is suspended would never end.
    for (const pid of childrenOf(started.pid)) process.kill(pid, "SIGKILL");
    return started.kill();
  });
  const metricsUrl = () => /metrics: +(\S+)\/metrics/.exec(started.output())?.[1] ?? "";
  return Object.assign(Object.create(started) as ServerProcess, {
    token,
    mongoUri: database.uri,
    metricsUrl,
    workers: () => childrenOf(started.pid),
    async metrics() {
      const text = await (await fetch(`${metricsUrl()}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      return new Map(
        lines.map((line) => {
          const at = line.lastIndexOf(" ");
          return [line.slice(0, at), Number(line.slice(at))] as const;
        }),
      );
    },
  });
}

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One connection, so all its calls are with one worker. */
export interface Line {
  call(token: string, verb: string, path: string, body?: object): Promise<Reply>;
  close(): void;
  readonly agent: http.Agent;
}

/** Connects again and again until it is this worker that has the connection: the kernel deals them out. */
export async function lineTo(service: Pick<ServerProcess, "url">, pid: number): Promise<Line> {
  for (;;) {
    const line = openLine(service.url);
    await line.call("", "GET", "/healthz");
    if (line.owner([pid]) === pid) return line;
    line.close();
  }
}

function openLine(url: string) {
  const { port, protocol } = new URL(url);
  const module = protocol === "https:" ? https : http;
  const agent = new module.Agent({ keepAlive: true, maxSockets: 1, ...{ rejectUnauthorized: false } });
  let socket: Socket | undefined;
  return {
    owner: (pids: readonly number[]) => ownerOf(Number(port), socket?.localPort ?? 0, pids),
    agent,
    close: () => agent.destroy(),
    call: (token: string, verb: string, path: string, body?: object) =>
      new Promise<Reply>((resolve, reject) => {
        const text = body === undefined ? "" : JSON.stringify(body);
        const headers = {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          // Node sends none of its own with DELETE.
          "content-length": Buffer.byteLength(text),
        };
        const request = module.request(url + path, { method: verb, agent, headers }, (response) => {
          let answer = "";
          response.setEncoding("utf8").on("data", (more: string) => {
            answer += more;
          });
          response.on("end", () => {
            const isJson = response.headers["content-type"]?.includes("json") === true;
            resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : {} });
          });
          response.on("error", reject);
        });
        request.on("socket", (taken) => {
          socket = taken;
        });
        request.on("error", reject);
        request.end(text);
      }),
  };
}

/** Which of these processes has the other end of a connection to a port of this machine. */
function ownerOf(port: number, peerPort: number, pids: readonly number[]): number | undefined {
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, "0");
  const row = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(`:${hex(port)}`) && remote?.endsWith(`:${hex(peerPort)}`));
  const inode = row?.[9];
  return pids.find((pid) => socketsOf(pid).includes(`socket:[${inode}]`));
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${name}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    return [];
  }
}

/** Whether it has ended, also when its parent has not taken notice of that. */
export function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}
