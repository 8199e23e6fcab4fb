import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { join } from "node:path";
import { externalSecrets, runManifests } from "../external-secrets.ts";
import { hvac } from "../hvac.ts";
import { javaSession, nodeVault, runSession, type Session } from "../sessions.ts";
import { need, runProgram, type World } from "./world.ts";

// Checks 13, 14, 17 and 19: libraries of others.

export async function sessionOfHvac(world: World): Promise<void> {
  const packages = await need(hvac);
  const token = await world.addUser("reader");
  const hidden = await world.oo(["secret", "save", "app/hidden", "x", "--writers", "reader"]);
  assert.equal(hidden.code, 0, hidden.output);
  const script = join(import.meta.dirname, "../hvac-session.py");
  const args = [script, world.server.url, world.server.adminToken, token];
  const { output } = await runProgram("python3", args, { PYTHONPATH: packages });
  assert.equal(output.trim(), "done");
}

/** Lists 1,000 times over one connection. */
export async function sessionOfNodeVault(world: World): Promise<void> {
  await session(world, nodeVault, "node-user");
  await aBodyThatLooksLikeARequest(world);
}

async function session(world: World, which: Session, slug: string): Promise<void> {
  const folder = await need(which.program);
  const userToken = await world.addUser(slug);
  const { url, adminToken: token } = world.server;
  assert.equal(await runSession(which, folder, { url, token, slug, userToken }), "done");
}

/** What begins like a request line within a body must not be changed. */
async function aBodyThatLooksLikeARequest({ server, vault }: World): Promise<void> {
  const [start, rest] = ['{"data":{"v":"', 'LIST /v1/secret/metadata"}}'];
  const head = [
    "PUT /v1/secret/data/split HTTP/1.1",
    "host: localhost",
    `x-vault-token: ${server.adminToken}`,
    `content-length: ${start.length + rest.length}`,
    "connection: close",
  ];
  const socket = createConnection({ port: Number(new URL(server.url).port), host: "127.0.0.1", noDelay: true });
  await new Promise<void>((resolve) => socket.write(`${head.join("\r\n")}\r\n\r\n${start}`, () => resolve()));
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(rest);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  assert.match(answer, /^HTTP\/1\.1 200/);
  const { json } = await vault("GET", "secret/data/split");
  assert.deepEqual(json?.data?.data, { v: "LIST /v1/secret/metadata" });
}

export async function externalSecretsOperator(world: World): Promise<string> {
  const folder = await need(externalSecrets);
  const userToken = await world.addUser("eso");
  const { url, adminToken: token } = world.server;
  assert.equal(await runManifests(folder, { url, token, userToken }), "done");
  return "its code for stores, with the manifests of deploy/external-secrets, without a cluster";
}

export async function javaPrograms(world: World): Promise<string> {
  await session(world, javaSession, "java-user");
  const missing = await world.vault("GET", "env/data/prod/none");
  assert.equal(missing.status, 404);
  return "vault-action is in no registry of packages: test/programs/vault/page.test.ts sends its requests";
}
