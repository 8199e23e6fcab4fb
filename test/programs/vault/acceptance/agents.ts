import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startProgram } from "../../../support/cli/long-run.ts";
import { goProgram } from "../../../support/programs/program.ts";
import { mergePatch } from "../../../support/vault/vault-call.ts";
import { need, runProgram, type World } from "./world.ts";

// Check 18: programs that write secrets into files.

const template =
  '{{ with secret "secret/data/tpl/a" }}{{ .Data.data.user }}{{ end }} ' +
  '{{ with secret "env/data/tpl/env" }}{{ .Data.data.NAME }}{{ end }}';

export async function templates(world: World): Promise<void> {
  await world.vault("PUT", "secret/data/tpl/a", { data: { user: "u1" } });
  await world.vault("PATCH", "env/data/tpl/env", { data: { NAME: "text" } }, mergePatch);
  await consulTemplate(world);
  await agent(world);
}

async function consulTemplate({ home, server }: World): Promise<void> {
  const bin = await need(goProgram("consul-template", "github.com/hashicorp/consul-template", "v0.41.1"));
  const [file, result] = [join(home, "t.tpl"), join(home, "t.out")];
  writeFileSync(file, template);
  const options = ["-once", "-vault-renew-token=false", "-vault-addr", server.url, "-template", `${file}:${result}`];
  const environment = { HOME: home, VAULT_TOKEN: server.adminToken };
  const { code, output } = await runProgram(join(bin, "consul-template"), options, environment);
  assert.equal(code, 0, output);
  assert.equal(readFileSync(result, "utf8"), "u1 text");
}

/** `bao agent` with a login: writes again after a change, and its end does not revoke the credential. */
async function agent(world: World): Promise<void> {
  const { home, server, vault } = world;
  const token = await world.addUser("agent");
  for (const key of ["tpl/a", "tpl/env/NAME"]) {
    const added = await world.oo(["secret", "reader", "add", key, "agent"]);
    assert.equal(added.code, 0, added.output);
  }
  const file = (name: string) => join(home, `agent-${name}`);
  writeFileSync(file("role"), "agent");
  writeFileSync(file("secret"), token);
  writeFileSync(file("template"), template);
  writeFileSync(file("config"), configuration(server.url, file));
  const running = startProgram(await world.findBao(), ["agent", `-config=${file("config")}`], { env: { HOME: home } });
  const written = async (text: string) => {
    for (let tries = 0; tries < 600; tries++) {
      if (existsSync(file("result")) && readFileSync(file("result"), "utf8") === text) return;
      await setTimeout(100);
    }
    throw new Error(`the agent did not write ${text}: ${running.stdout()}${running.stderr()}`.slice(-2000));
  };
  try {
    await written("u1 text");
    await vault("PUT", "secret/data/tpl/a", { data: { user: "u2" } });
    await written("u2 text");
    const login = readFileSync(file("sink"), "utf8");
    running.signal("SIGTERM");
    assert.equal(await running.ended, 0, running.stderr());
    for (const credential of [login, token]) {
      assert.equal((await world.as(credential)("GET", "auth/token/lookup-self")).status, 200);
    }
  } finally {
    running.signal("SIGKILL");
    await running.ended;
  }
}

function configuration(url: string, file: (name: string) => string): string {
  return `
vault { address = "${url}" }
auto_auth {
  method "approle" {
    config = {
      role_id_file_path = "${file("role")}"
      secret_id_file_path = "${file("secret")}"
      remove_secret_id_file_after_reading = false
    }
  }
  sink "file" { config = { path = "${file("sink")}" } }
}
template_config { static_secret_render_interval = "1s" }
template {
  source = "${file("template")}"
  destination = "${file("result")}"
}
`;
}
