import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { makeCertificate } from "../../../support/clients/certificate.ts";
import { startBehindProxy } from "../../../support/programs/behind-proxy.ts";
import { findDebianProgram, nginx } from "../../../support/programs/debian-program.ts";
import { nginxWith } from "../../../support/programs/nginx.ts";
import { startServer } from "../../../support/server-process.ts";
import { type VaultCaller, vaultCaller, vaultOn } from "../../../support/vault/vault-call.ts";
import { median } from "./expectations.ts";
import { NotRun, runProgram, type World } from "./world.ts";

// Checks 15 and 16: LIST on every way to the service, and among many keys.

export async function listsOnEveryWay(world: World): Promise<void> {
  await world.vault("PUT", "secret/data/h2/a", { data: { x: "1" } });
  await lists(world.server.url, world.server.adminToken, ["--http1.1"], ["--http2-prior-knowledge"]);
  await overTls(world);
  await behindAProxy();
}

/**
 * Twice on one connection, with a write between. curl before 8.0 cannot do that with `--http2-prior-knowledge`, with
 * any server (its issue 10634).
 */
async function lists(url: string, token: string, ...ways: readonly (readonly string[])[]): Promise<void> {
  const where = `${url}/v1/secret/metadata/h2`;
  const isOldCurl = /^curl [0-7]\./.test((await runProgram("curl", ["--version"], {})).output);
  for (const way of ways) {
    const list = ["--silent", "--header", `X-Vault-Token: ${token}`, ...way, "--request", "LIST", where];
    const put = ["--silent", "--header", `X-Vault-Token: ${token}`, ...way, "--data", '{"data":{"x":"1"}}'];
    const all = [...list, "--next", ...put, `${url}/v1/secret/data/h2/a`, "--next", ...list];
    const isOne = isOldCurl && way.includes("--http2-prior-knowledge");
    const { code, output } = await runProgram("curl", isOne ? list : all, {});
    assert.equal(code, 0, `${way}: ${output}`);
    const found = output.match(/"keys":\["a"\]/g) ?? [];
    assert.equal(found.length, isOne ? 1 : 2, `${way}: ${output}`);
  }
}

async function overTls({ home }: World): Promise<void> {
  const { cert, key } = makeCertificate(mkdtempSync(join(home, "tls-")), "localhost");
  const server = await startServer({ args: ["--tls-cert", cert, "--tls-key", key], env: vaultOn.environment });
  try {
    await put(server.url, server.adminToken, cert);
    await lists(server.url, server.adminToken, ["--cacert", cert, "--http1.1"], ["--cacert", cert, "--http2"]);
  } finally {
    await server.stop();
  }
}

const proxyThatKeepsConnections = {
  text: `upstream service { server 10.1.0.11:11337; keepalive 4; }
server {
  listen 443 ssl;
  ssl_certificate /etc/proxy/tls.crt;
  ssl_certificate_key /etc/proxy/tls.key;
  location / {
    proxy_pass https://service;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  }
}`,
};

async function behindAProxy(): Promise<void> {
  const found = await findDebianProgram(nginx);
  if ("missing" in found) throw new NotRun(found.missing);
  const settings = { SECRET_SVC_FORWARDED_HEADER: "x-forwarded-for", ...vaultOn.environment };
  const proxy = await startBehindProxy(nginxWith("http", proxyThatKeepsConnections, settings), found);
  try {
    await put(proxy.url, proxy.adminToken, proxy.caFile);
    const ways = Array.from({ length: 20 }, () => ["--cacert", proxy.caFile, "--http1.1"]);
    await lists(proxy.url, proxy.adminToken, ...ways);
  } finally {
    await proxy.stop();
  }
}

async function put(url: string, token: string, authority: string): Promise<void> {
  const body = ["--data", '{"data":{"x":"1"}}', `${url}/v1/secret/data/h2/a`];
  const args = ["--silent", "--fail", "--cacert", authority, "--header", `X-Vault-Token: ${token}`, ...body];
  const { code, output } = await runProgram("curl", args, {});
  assert.equal(code, 0, output);
}

const [folders, keysInFolder, batch] = [20, 10_000, 1000];

/** In a service of its own. The bounds are wide, for machines that do other things as well. */
export async function listsAmongManyKeys(): Promise<string> {
  const quotas = { SECRET_SVC_USER_SECRETS: "off" };
  const server = await startServer({ env: { ...vaultOn.environment, ...quotas } });
  try {
    await fill(server.url, server.adminToken);
    const call = vaultCaller(server, server.adminToken);
    const read = () => timed(call, "GET", "secret/data/folder-07/key-00700");
    const list = () => timed(call, "LIST", "secret/metadata/");
    for (let at = 0; at < 20; at++) await Promise.all([read(), list()]);
    const alone = await several(200, read);
    const listed = await several(200, list);
    let isOver = false;
    const others = several(400, list).then(() => {
      isOver = true;
    });
    const meanwhile: number[] = [];
    while (!isOver) meanwhile.push(await read());
    await others;
    const [a, b, c] = [median(alone), median(listed), median(meanwhile)];
    const text = `medians: a read ${a.toFixed(2)} ms, a LIST ${b.toFixed(2)} ms, a read during LISTs ${c.toFixed(2)} ms`;
    assert.ok(b < 10 * a && c < 10 * a, text);
    return text;
  } finally {
    await server.stop();
  }
}

async function fill(url: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (let folder = 0; folder < folders; folder++) {
    for (let at = 0; at < keysInFolder; at += batch) {
      const secrets = Array.from({ length: batch }, (_, index) => ({
        key: `folder-${String(folder).padStart(2, "0")}/key-${String(at + index).padStart(5, "0")}`,
        value: "v",
      }));
      const body = JSON.stringify({ secrets });
      const saved = await fetch(`${url}/secret-svc/secrets`, { method: "PUT", headers, body });
      assert.equal(saved.status, 200, await saved.text());
    }
  }
}

async function timed(call: VaultCaller, method: string, path: string): Promise<number> {
  const start = performance.now();
  const { status } = await call(method, path);
  assert.equal(status, 200);
  return performance.now() - start;
}

async function several(count: number, work: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  while (all.length < count) all.push(await work());
  return all;
}
