import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { programPath } from "../support/built-package.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";

const keyBytes = Buffer.alloc(32, 0x11);
const otherKeyBytes = Buffer.alloc(32, 0x22);
const kidOf = (key: Buffer) => createKeyring(key, []).active.kid;

let database: TestDatabase;
let client: MongoClient;
let one: ServerProcess;
let two: ServerProcess;

function environmentFor({ uri }: TestDatabase, key = keyBytes): Record<string, string> {
  return { SECRET_SVC_STORE: uri, OB_ENCRYPTION_KEY: key.toString("base64") };
}

beforeAll(async () => {
  database = await createTestDatabase();
  client = await MongoClient.connect(database.uri);
  const env = environmentFor(database);
  [one, two] = await Promise.all([startServer({ env }), startServer({ env })]);
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await client.close();
  await database.drop();
});

type Json = Record<string, unknown>;

async function call(server: ServerProcess, token: string, verb: string, path: string, body: Json) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = verb === "GET" ? { headers } : { method: verb, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/secret-svc/${path}`, init);
  return { status: answer.status, body: (await answer.json()) as Json };
}

const whoAmI = (server: ServerProcess, token: string) => call(server, token, "GET", "whoami", {});
const save = (server: ServerProcess, key: string, value: string) =>
  call(server, server.adminToken, "PUT", "secrets", { secrets: [{ key, value }] });

test("started at once on an empty database they agree on one admin, one audit key and one fingerprint", async () => {
  const db = client.db();
  expect(await db.collection("users").find().toArray()).toMatchObject([{ tenant: "default", slug: "admin" }]);
  const keys = await db.collection("keys").find().toArray();
  expect(keys.filter(({ purpose }) => purpose === "audit")).toHaveLength(1);
  expect(keys.filter(({ purpose }) => purpose === "keyring")).toMatchObject([{ kid: kidOf(keyBytes) }]);
  for (const { adminToken } of [one, two]) {
    if (adminToken === "") continue;
    for (const server of [one, two]) expect((await whoAmI(server, adminToken)).body).toMatchObject({ slug: "admin" });
  }
  expect([one, two].filter(({ adminToken }) => adminToken !== "")).not.toEqual([]);
  expect(one.output() + two.output()).not.toMatch(/error/);
});

test("what one has saved the other reads", async () => {
  const admin = adminToken();
  const saved = await call(one, admin, "PUT", "secrets", { secrets: [{ key: "shared/A", value: "päss" }] });
  expect(saved.status).toBe(200);
  const { body } = await call(two, admin, "POST", "secrets", { keys: ["shared/A"] });
  expect(body).toMatchObject({ secrets: [{ key: "shared/A", value: "päss", version: 1 }] });
});

test("a token that one revokes is soon refused by the other", async () => {
  const admin = adminToken();
  await call(one, admin, "PUT", "users", { users: [{ slug: "alice" }] });
  const { body } = await call(one, admin, "PUT", "tokens", { slug: "alice" });
  const [secret, token] = [String(body.secret), body.token as Json];
  expect((await whoAmI(two, secret)).status).toBe(200);
  const revoked = await call(one, admin, "DELETE", "tokens", { id: String(token.id) });
  expect(revoked.status).toBe(200);
  // How soon depends on how busy the machine is.
  let { status } = await whoAmI(two, secret);
  while (status === 200) ({ status } = await whoAmI(two, secret));
  expect(status).toBe(401);
  expect((await whoAmI(one, secret)).status).toBe(401);
});

test("threat 90: of both saving the same secret no save is lost, and each keeps a chain of its own", async () => {
  const admin = adminToken();
  const rounds = 15;
  const saves = Array.from({ length: rounds }, (_, at) =>
    [one, two].map((server) =>
      call(server, admin, "PUT", "secrets", { secrets: [{ key: "shared/B", value: `${at} ${server.url}` }] }),
    ),
  ).flat();
  const answers = await Promise.all(saves);
  const done = answers.filter(({ status }) => status === 200);
  expect(done.length).toBeGreaterThan(0);
  for (const { status } of answers) expect([200, 409]).toContain(status);
  const versions = done
    .map(({ body }) => ((body.results as Json[])[0] as Json).version)
    .sort((a, b) => Number(a) - Number(b));
  expect(versions).toEqual(done.map((_, at) => at + 1));

  const chains = await client.db().collection("chains").find({ sink: "changes" }).toArray();
  expect(chains).toHaveLength(2);
  const records = await client.db().collection<{ _id: string }>("changes").find().sort({ _id: 1 }).toArray();
  for (const { _id } of chains) {
    const positions = records
      .filter((record) => record._id.startsWith(`${_id} `))
      .map((record) => record._id.split(" ")[1]);
    expect(positions.map(Number)).toEqual(positions.map((_, at) => at + 1));
    expect(positions.length).toBeGreaterThan(0);
  }
});

test("threat 107: with another key it does not start, names the one that is needed, and leaves none behind", async () => {
  const env = environmentFor(database, otherKeyBytes);
  const refused = startServer({ env });
  await expect(refused).rejects.toThrow(`needs the encryption key with the fingerprint ${kidOf(keyBytes)}`);
  const empty = await createTestDatabase();
  onTestFinished(() => empty.drop());
  const starts = await Promise.allSettled(
    [keyBytes, otherKeyBytes].map((key) => startServer({ env: environmentFor(empty, key) })),
  );
  const started = starts.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  await Promise.all(started.map((server) => server.stop()));
  const keys = await client.db(empty.name).collection("keys").find({ purpose: "keyring" }).toArray();
  expect(started).toHaveLength(1);
  expect(keys).toHaveLength(1);
});

test("admin-token makes a token that both take", async () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const env = { PATH: process.env.PATH ?? "", SECRET_SVC_DATA_DIR: folder, ...environmentFor(database) };
  const program = programPath("secret-svc");
  const { stdout } = await promisify(execFile)(program, ["admin-token"], { env });
  for (const server of [one, two]) expect((await whoAmI(server, stdout.trim())).status).toBe(200);
});

test("nothing that it prints holds the address, and a restart goes on with what is there", async () => {
  const admin = adminToken();
  await save(one, "shared/C", "v");
  await two.stop();
  expect(two.output()).not.toContain(database.uri);
  two = await startServer({ env: environmentFor(database) });
  const { body } = await call(two, admin, "POST", "secrets", { keys: ["shared/A"] });
  expect(body).toMatchObject({ secrets: [{ key: "shared/A" }] });
});

function adminToken(): string {
  return one.adminToken === "" ? two.adminToken : one.adminToken;
}

test("oo audit list says since when records of another process may be missing", async () => {
  const { adminToken } = one.adminToken === "" ? two : one;
  const list = async () => (await runOo(["audit", "list"], { env: { OO_TOKEN: adminToken, OO_URL: one.url } })).stderr;
  const late = /complete until \d{4}-\S+Z: a process of the service has records of later reads/;
  two.signal("SIGSTOP");
  onTestFinished(() => two.signal("SIGCONT"));
  await expect.poll(list, { timeout: 15_000 }).toMatch(late);
  two.signal("SIGCONT");
  await expect.poll(list, { timeout: 15_000 }).not.toMatch(late);
});
