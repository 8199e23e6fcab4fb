import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../test/support/mongo/free-port.ts";
import { findOpenBao } from "./find-openbao.ts";
import type { HttpCall } from "./http-load.ts";
import type { CallsOf } from "./operations.ts";
import { type Command, type ServerProcess, startProcessAt, untilReady } from "./processes.ts";
import {
  listedMetadata,
  listedName,
  listedNamespace,
  listedSecrets,
  otherSecrets,
  secretKey,
  secretValue,
  userSlug,
  writtenKey,
  writtenSecrets,
} from "./secret.ts";

/** OpenBao, configured as it is measured: raft storage, file audit device, key/value engine with versions. */
export interface BenchedOpenBao {
  server: ServerProcess;
  /** The token of the ordinary user. */
  readonly token: string;
  /** The path of the program. */
  readonly binary: string;
  /** Stops it, starts it again on the same data and unseals it. `ms`: from the start until it can serve. */
  restart(): Promise<{ readonly ms: number }>;
  stop(): Promise<void>;
}

type Answer = { readonly [name: string]: unknown };

/** Starts a new OpenBao on free ports and fills it with what the benchmark reads. `through` wraps its command. */
export async function startOpenBao(through = (command: Command): Command => command): Promise<BenchedOpenBao> {
  const binary = await findOpenBao();
  const folder = mkdtempSync(join(tmpdir(), "openbao-bench-"));
  const prepared = await prepareMember(binary, folder);
  const member = { ...prepared, command: through(prepared.command) };
  const server = await startMember(member);
  const { key, rootToken } = await initialize(member.url);
  const token = await fill(member.url, rootToken);
  const bao: BenchedOpenBao = {
    server,
    token,
    binary,
    async restart() {
      await bao.server.stop();
      const startedAt = performance.now();
      bao.server = await startMember(member);
      await unseal(member.url, key);
      return { ms: performance.now() - startedAt };
    },
    async stop() {
      await bao.server.stop();
      rmSync(folder, { recursive: true });
    },
  };
  return bao;
}

/** Three members of one raft cluster. The first one is active. */
export interface BenchedOpenBaoCluster {
  readonly active: ServerProcess;
  readonly members: readonly ServerProcess[];
  readonly token: string;
  readonly binary: string;
  stop(): Promise<void>;
}

/** The same as `startOpenBao`, with three members. */
export async function startOpenBaoCluster(): Promise<BenchedOpenBaoCluster> {
  const binary = await findOpenBao();
  const folder = mkdtempSync(join(tmpdir(), "openbao-bench-"));
  const leader = await prepareMember(binary, join(folder, "0"));
  const active = await startMember(leader);
  const { key, rootToken } = await initialize(leader.url);
  const members = [active];
  for (const at of [1, 2]) {
    const member = await prepareMember(binary, join(folder, String(at)), leader.url);
    members.push(await startMember(member));
    await unseal(member.url, key, true);
  }
  return {
    active,
    members,
    binary,
    token: await fill(leader.url, rootToken),
    async stop() {
      await Promise.all(members.map((member) => member.stop()));
      rmSync(folder, { recursive: true });
    },
  };
}

interface Member {
  readonly url: string;
  readonly command: Command;
}

async function prepareMember(binary: string, folder: string, leader?: string): Promise<Member> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = ["server", "-config", await configure(folder, url, leader)];
  return { url, command: { command: binary, args, env: process.env } };
}

async function startMember({ url, command }: Member): Promise<ServerProcess> {
  const server = startProcessAt(command, url);
  await untilReady(async () => (await fetch(`${url}/v1/sys/seal-status`)).ok);
  return server;
}

async function initialize(url: string): Promise<{ readonly key: string; readonly rootToken: string }> {
  const started = await call(url, "PUT", "/v1/sys/init", "", { secret_shares: 1, secret_threshold: 1 });
  const key = (started.keys_base64 as readonly string[])[0] ?? "";
  await unseal(url, key);
  return { key, rootToken: String(started.root_token) };
}

async function configure(folder: string, url: string, leader: string | undefined): Promise<string> {
  mkdirSync(join(folder, "raft"), { recursive: true });
  const joining = leader === undefined ? "" : `\n  retry_join {\n    leader_api_addr = "${leader}"\n  }`;
  const file = join(folder, "openbao.hcl");
  const cluster = `127.0.0.1:${await freePort()}`;
  writeFileSync(
    file,
    `ui = false
disable_mlock = true
log_level = "error"
api_addr = "${url}"
cluster_addr = "http://${cluster}"
storage "raft" {
  path = "${join(folder, "raft")}"
  node_id = "${new URL(url).port}"${joining}
}
listener "tcp" {
  address = "${new URL(url).host}"
  cluster_address = "${cluster}"
  tls_disable = true
}
audit "file" "bench" {
  options {
    file_path = "${join(folder, "audit.log")}"
  }
}
`,
  );
  return file;
}

/** Resolves when it serves, and for a member that joins a cluster, when it stands by. */
async function unseal(url: string, key: string, joins = false): Promise<void> {
  // A member that joins refuses this until it has found its leader.
  await untilReady(async () => Object.keys(await call(url, "PUT", "/v1/sys/unseal", "", { key })).length > 0);
  await untilReady(async () => (await fetch(`${url}/v1/sys/health?standbyok=${joins}`)).status === 200);
}

const policy = `path "secret/data/bench/*" { capabilities = ["read", "create", "update"] }
path "secret/metadata/${listedNamespace}" { capabilities = ["list"] }
path "secret/metadata/${listedNamespace}/*" { capabilities = ["list", "read"] }`;

async function fill(url: string, rootToken: string): Promise<string> {
  const as = (method: string, path: string, body: object) => call(url, method, path, rootToken, body);
  await as("POST", "/v1/sys/mounts/secret", { type: "kv", options: { version: "2" } });
  // The engine prepares itself in the background.
  await untilReady(
    async () => (await fetch(`${url}/v1/secret/config`, { headers: { "x-vault-token": rootToken } })).ok,
  );
  const value = { data: { value: secretValue } };
  const others = Array.from({ length: otherSecrets }, (_, at) => `bench/OTHER_${at}`);
  const written = Array.from({ length: writtenSecrets }, (_, at) => writtenKey(at));
  const listed = Array.from({ length: listedSecrets }, (_, at) => `${listedNamespace}/${listedName(at)}`);
  for (const key of [secretKey, ...others, ...written, ...listed]) await as("POST", `/v1/secret/data/${key}`, value);
  for (const key of listed) await as("POST", `/v1/secret/metadata/${key}`, { custom_metadata: listedMetadata });
  await as("POST", "/v1/sys/policies/acl/bench", { policy });
  const answer = await as("POST", "/v1/auth/token/create", { policies: ["bench"], display_name: userSlug });
  return String((answer.auth as Answer).client_token);
}

async function call(url: string, method: string, path: string, token: string, body: object): Promise<Answer> {
  const headers = { "content-type": "application/json", ...(token === "" ? {} : openBaoHeaders(token)) };
  const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`OpenBao refuses ${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Answer);
}

export function openBaoHeaders(token: string): Record<string, string> {
  return { "x-vault-token": token };
}

/** `operation` in OpenBao. OpenBao has no page with metadata: both lists are compared with its list of all names. */
export const openBaoCallsOf: CallsOf<HttpCall> = (operation, connection, values) => {
  if (operation === "read") return [{ method: "GET", path: `/v1/secret/data/${secretKey}` }];
  if (operation !== "write") return [{ method: "GET", path: `/v1/secret/metadata/${listedNamespace}?list=true` }];
  const path = `/v1/secret/data/${writtenKey(connection)}`;
  return values.map((value) => ({ method: "POST", path, body: JSON.stringify({ data: { value } }) }));
};
