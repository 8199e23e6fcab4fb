import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "../../../support/server-process.ts";
import { done, ours, refused, versionOf } from "./expectations.ts";
import { runProgram, type World } from "./world.ts";

// Checks 1 to 6: the setting, logins, and what happens to values.

export async function theSetting({ server, oo }: World): Promise<void> {
  const status = async (url: string, path: string, method = "GET") => {
    const args = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--request", method];
    return (await runProgram("curl", [...args, `${url}/v1/${path}`], {})).output;
  };
  const without = await startServer();
  try {
    assert.deepEqual([await status(without.url, "sys/health"), await status(without.url, "x", "LIST")], ["404", "400"]);
  } finally {
    await without.stop();
  }
  assert.equal(await status(server.url, "sys/health"), "200");
  assert.match((await oo(["secret", "is-secure"])).output, /vault-api/);
}

export async function loginsOfBao(world: World): Promise<void> {
  await world.vault("PUT", "secret/data/first", { data: { a: "1" } });
  await done(world, "status", "Sealed");
  await done(world, "token lookup", "token-admin");
  const none = { BAO_TOKEN: "" };
  assert.equal((await world.bao(["login", "-method=token", world.server.adminToken], none)).code, 0);
  assert.match((await world.bao(["kv", "list", "secret/"], none)).output, /first/);
}

export async function bothSidesOfAValue(world: World): Promise<void> {
  await done(world, "kv put secret/a/b u=1");
  await ours(world, "secret list a/b --show", JSON.stringify('{"u":"1"}'));
  await ours(world, "secret save a/c text");
  assert.equal((await done(world, "kv get -field=value secret/a/c")).trim(), "text");
}

export async function numbersAsWritten(world: World): Promise<void> {
  const file = join(world.home, "numbers.json");
  writeFileSync(file, '{"big":12345678901234567890,"exact":1.10,"none":null,"deep":[[1.10],[null,{"x":[]}]]}');
  await done(world, `kv put secret/numbers @${file}`);
  const { text } = await world.vault("GET", "secret/data/numbers");
  for (const part of ["12345678901234567890", '"exact":1.10', '"none":null', '[[1.10],[null,{"x":[]}]]']) {
    assert.ok(text.includes(part), `no ${part} in the answer`);
  }
  const printed = await done(world, "kv get -format=json secret/numbers", "12345678901234567890");
  assert.match(printed, /"exact": 1\.10/);
}

export async function difficultTexts(world: World): Promise<void> {
  for (const value of ['{"a":1}', "", "seal.v1.x"]) {
    await done(world, `kv put secret/j value=${value}`);
    const { json } = await world.vault("GET", "secret/data/j");
    assert.deepEqual(json?.data?.data, { value });
  }
}

export async function checkAndSet(world: World): Promise<void> {
  await done(world, "kv put secret/cas v=1");
  await done(world, "kv metadata put -custom-metadata=a=b secret/cas");
  await done(world, "kv put -cas=1 secret/cas v=2");
  await refused(world, "kv put -cas=1 secret/cas v=3", "check-and-set parameter did not match the current version");
  const { json } = await world.vault("GET", "secret/data/cas");
  const version = versionOf(json);
  const writers = Array.from({ length: 20 }, (_, at) =>
    world.vault("PUT", "secret/data/cas", { data: { v: `w${at}` }, options: { cas: version } }),
  );
  const statuses = (await Promise.all(writers)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1, `answers: ${statuses}`);
  assert.equal(statuses.filter((status) => status === 400).length, 19, `answers: ${statuses}`);
}
