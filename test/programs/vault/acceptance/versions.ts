import assert from "node:assert/strict";
import { done, ours, refused } from "./expectations.ts";
import type { World } from "./world.ts";

// Checks 7 to 12: removal, restore, destruction, and what is refused.

export async function undelete(world: World): Promise<void> {
  await world.addUser("undelete-reader");
  await done(world, "kv put secret/u v=1");
  await ours(world, "secret reader add u undelete-reader");
  await done(world, "kv metadata put -custom-metadata=who=me secret/u");
  const before = await listsOf(world, "u");
  await done(world, "kv delete secret/u");
  await done(world, "kv get secret/u", "deletion_time");
  await done(world, "kv undelete -versions=1 secret/u");
  assert.equal((await done(world, "kv get -field=v secret/u")).trim(), "1");
  await done(world, "kv metadata get secret/u", "who:me");
  assert.deepEqual(await listsOf(world, "u"), before);
}

export async function putKeepsReaders(world: World): Promise<void> {
  await world.addUser("put-reader");
  await done(world, "kv put secret/listed v=1");
  await ours(world, "secret reader add listed put-reader");
  const before = await listsOf(world, "listed");
  assert.deepEqual(before, ["put-reader"]);
  await done(world, "kv delete secret/listed");
  await done(world, "kv put secret/listed v=2");
  assert.deepEqual(await listsOf(world, "listed"), before);
}

async function listsOf(world: World, key: string): Promise<unknown> {
  const secrets: readonly { readonly key: string; readonly readers?: readonly string[] }[] = JSON.parse(
    await ours(world, "secret list -o json"),
  );
  return secrets.find((secret) => secret.key === key)?.readers;
}

export async function rollback(world: World): Promise<void> {
  await done(world, "kv put secret/r v=1");
  await done(world, "kv put secret/r v=2");
  await done(world, "kv rollback -version=1 secret/r");
  assert.equal((await done(world, "kv get -field=v secret/r")).trim(), "1");
  await done(world, "kv delete secret/r");
  await done(world, "kv rollback -version=2 secret/r");
  assert.equal((await done(world, "kv get -field=v secret/r")).trim(), "2");
}

export async function settingsAreRefused(world: World): Promise<void> {
  await done(world, "kv put secret/settings v=1");
  const before = (await world.vault("GET", "secret/metadata/settings")).json?.data;
  for (const option of ["-max-versions=3", "-cas-required=true", "-delete-version-after=1h"]) {
    await refused(world, `kv metadata put ${option} secret/settings`, "cannot be set here");
  }
  assert.deepEqual((await world.vault("GET", "secret/metadata/settings")).json?.data, before);
}

export async function wrappingIsRefused(world: World): Promise<void> {
  await done(world, "kv put secret/wrapped v=1");
  await refused(world, "kv get -wrap-ttl=60s secret/wrapped", "response wrapping is not supported");
  const reads = JSON.parse(await ours(world, "audit list --key wrapped -o json")) as {
    action: string;
    decision: string;
  }[];
  assert.ok(reads.length > 0, "there is no record at all");
  assert.ok(!reads.some(({ action, decision }) => action === "secret.read" && /allowed/i.test(decision)));
}
