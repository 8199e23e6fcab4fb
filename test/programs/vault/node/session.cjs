// What a program with node-vault does. Arguments: the address, the token of an admin, the slug of a user and a token of it.
const assert = require("node:assert/strict");
const { Agent } = require("node:http");
const vault = require("node-vault");

const [endpoint, token, slug, userToken] = process.argv.slice(2);
const requestOptions = { httpAgent: new Agent({ keepAlive: true, maxSockets: 1 }) };
const client = vault({ endpoint, token, requestOptions });

async function session() {
  assert.equal((await client.health()).sealed, false);
  const first = await client.write("secret/data/node/a", { data: { user: "u1", n: 2 }, options: { cas: 0 } });
  assert.equal(first.data.version, 1);
  assert.deepEqual((await client.read("secret/data/node/a")).data.data, { n: 2, user: "u1" });
  const stale = client.write("secret/data/node/a", { data: { user: "u2" }, options: { cas: 0 } });
  await assert.rejects(stale, /check-and-set parameter did not match the current version/);
  await client.write("secret/data/node/a", { data: { user: "u2" }, options: { cas: 1 } });
  assert.deepEqual((await client.read("secret/data/node/a?version=1")).data.data, { n: 2, user: "u1" });
  assert.deepEqual(Object.keys((await client.read("secret/metadata/node/a")).data.versions), ["1", "2"]);
  for (let at = 0; at < 1000; at++) {
    assert.deepEqual((await client.list("secret/metadata/node")).data.keys, ["a"]);
  }
  await client.delete("secret/data/node/a");
  await assert.rejects(client.read("secret/data/node/a"), ({ response }) => response.statusCode === 404);
  await client.write("secret/undelete/node/a", { versions: [2] });
  assert.deepEqual((await client.read("secret/data/node/a")).data.data, { user: "u2" });
  await client.write("secret/destroy/node/a", { versions: [1] });
  assert.equal((await client.read("secret/metadata/node/a")).data.versions[1].destroyed, true);

  assert.equal((await client.tokenLookupSelf()).data.meta.slug, "admin");
  await assert.rejects(client.tokenRenewSelf(), /lease is not renewable/);
  const user = vault({ endpoint, requestOptions });
  await user.approleLogin({ role_id: slug, secret_id: userToken });
  assert.equal((await user.tokenLookupSelf()).data.meta.slug, slug);
  await assert.rejects(user.read("secret/data/node/a"), ({ response }) => response.statusCode === 404);
  await user.tokenRevokeSelf();
  assert.equal((await vault({ endpoint, token: userToken }).tokenLookupSelf()).data.meta.slug, slug);
}

session().then(() => process.stdout.write("done\n"));
