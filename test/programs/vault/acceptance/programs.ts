import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { findProgram, goProgram, npmProgram, type Program } from "../../../support/programs/program.ts";
import { hvac } from "../hvac.ts";
import { NotRun, runProgram, type World } from "./world.ts";

// Checks 13 to 19: other programs.

/** The folder of a program, which is fetched at the first time. */
async function need(program: Program): Promise<string> {
  const found = await findProgram(program);
  if ("missing" in found) throw new NotRun(found.missing);
  return found.folder;
}

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

const listing = `
const [url, token] = process.argv.slice(1);
const client = require("node-vault")({ endpoint: url, token, requestOptions: { httpAgent: new (require("http").Agent)({ keepAlive: true, maxSockets: 1 }) } });
(async () => {
  await client.write("secret/data/listed/a", { data: { x: "1" } });
  for (let at = 0; at < 1000; at++) {
    const { data } = await client.list("secret/metadata/listed");
    if (data.keys.length !== 1 || data.keys[0] !== "a") throw new Error("another list");
  }
  console.log("listed");
})();
`;

export async function listsOfNodeVault(world: World): Promise<void> {
  const bin = await need(npmProgram("node-vault", "0.12.0"));
  const folder = join(bin, "../..");
  const { url, adminToken } = world.server;
  const { output } = await runProgram(process.execPath, ["-e", listing, url, adminToken], {}, folder);
  assert.equal(output.trim(), "listed");
  await aBodyThatLooksLikeARequest(world);
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

export async function listsOverHttp2({ server, vault, curl }: World): Promise<string> {
  await vault("PUT", "secret/data/h2/a", { data: { x: "1" } });
  for (const version of ["--http1.1", "--http2-prior-knowledge"]) {
    const { output } = await curl([version, "--request", "LIST", `${server.url}/v1/secret/metadata/h2`]);
    assert.deepEqual(JSON.parse(output).data, { keys: ["a"] }, version);
  }
  return "TLS and proxies are in test/http and test/programs/proxies";
}

export async function consulTemplate(world: World): Promise<string> {
  const bin = await need(goProgram("consul-template", "github.com/hashicorp/consul-template", "v0.41.1"));
  await world.vault("PUT", "secret/data/tpl/a", { data: { user: "u1" } });
  await world.vault("PATCH", "env/data/tpl/env", { data: { NAME: "text" } }, mergePatch);
  const [template, result] = [join(world.home, "t.tpl"), join(world.home, "t.out")];
  const both = '{{ with secret "secret/data/tpl/a" }}{{ .Data.data.user }}{{ end }}';
  writeFileSync(template, `${both} {{ with secret "env/data/tpl/env" }}{{ .Data.data.NAME }}{{ end }}`);
  const args = [
    "-once",
    "-vault-renew-token=false",
    "-vault-addr",
    world.server.url,
    "-template",
    `${template}:${result}`,
  ];
  const { code, output } = await runProgram(join(bin, "consul-template"), args, {
    HOME: world.home,
    VAULT_TOKEN: world.server.adminToken,
  });
  assert.equal(code, 0, output);
  assert.equal(readFileSync(result, "utf8"), "u1 text");
  return "without an agent";
}

const mergePatch = { "content-type": "application/merge-patch+json" };
