import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { recordName } from "../../src/store/mongo/rows/audit-row.ts";
import { runOo } from "../support/cli/run-oo.ts";
import { callService } from "../support/failure/service-call.ts";
import { makeFolderOnDisk } from "../support/folder-on-disk.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { serverWithFailPoint } from "../support/store/server-with-fail-point.ts";

const server = serverWithFailPoint();
const token = `oo_${randomBytes(32).toString("base64url")}`;
const key = "app/KEY";
const reads = 6;
const away = { errorCode: 50 };
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  await server.failPoint.off();
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface Place {
  readonly name: string;
  /** With another mode than that of the place, where one is given; "" for the default. */
  start(dataDir?: string, auditSync?: string): Promise<ServerProcess>;
}

/** A database of its own, on which services start with a journal. */
function aPlace(auditSync: string): Place {
  const { uri, name } = server.newDatabase();
  const prefix = "journal-service-";
  const folder = auditSync === "disk" ? makeFolderOnDisk(prefix) : mkdtempSync(join(tmpdir(), prefix));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    SECRET_SVC_STORE: uri,
    OB_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
    OB_ADMIN_TOKEN_FILE: join(folder, "token"),
  };
  return {
    name,
    async start(dataDir = join(folder, "1"), mode = auditSync) {
      writeFileSync(env.OB_ADMIN_TOKEN_FILE, token, { mode: 0o600 });
      const started = await startServer({ dataDir, env: { ...env, SECRET_SVC_AUDIT_SYNC: mode } });
      cleanups.push(() => started.kill());
      return started;
    },
  };
}

async function call(service: ServerProcess, path: string, body: object) {
  const answer = await callService(service, token, ["POST", path], body, 30_000);
  if (answer.status !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.stringify(answer.body);
}

const save = (service: ServerProcess) =>
  call(service, "/secret.v1.SecretService/SaveSecrets", { secrets: [{ key, value: "canary" }] });
const read = (service: ServerProcess) =>
  call(service, "/secret-svc/secrets", { keys: [key], view: "SECRET_VIEW_FULL" });

async function readsRecorded(service: ServerProcess): Promise<number> {
  const body = await call(service, "/secret-svc/audit", { key, action: "secret.read", pageSize: 100 });
  return body.split('"secret.read"').length - 1;
}

const storedReads = (place: Place) =>
  server.client.db(place.name).collection("access").countDocuments({ action: "secret.read" });

async function verify(service: ServerProcess) {
  const run = await runOo(["audit", "verify", "-o", "json"], {
    env: { OO_TOKEN: token, OO_URL: service.url },
  });
  return { code: run.code, ...JSON.parse(run.stdout) };
}

test.each(["process", "disk"])(
  "threat 304: every value that a killed service gave out has its record after the next start (%s)",
  async (auditSync) => {
    const place = aPlace(auditSync);
    const first = await place.start();
    await save(first);
    await server.failPoint.on(["insert"], away);
    for (let at = 0; at < reads; at += 1) expect(await read(first)).toContain("canary");
    expect(await storedReads(place)).toBe(0);
    await first.kill();
    await server.failPoint.off();

    const second = await place.start();
    expect(second.output()).toMatch(/was left by another process: \d+ records recovered/);
    expect(await readsRecorded(second)).toBe(reads);
    expect(await storedReads(place)).toBe(reads);
    expect(await verify(second)).toMatchObject({ code: 0, intact: true });
    expect(
      readdirSync(join(second.dataDir, "access-journal")).filter((name) => name.endsWith(".segment")),
    ).toHaveLength(1);
  },
);

test.each(["full", ""])(
  "threat 304: a start in another mode stores what a killed service left in its journal (mode '%s')",
  async (mode) => {
    const place = aPlace("process");
    const first = await place.start();
    await save(first);
    await server.failPoint.on(["insert"], away);
    for (let at = 0; at < reads; at += 1) expect(await read(first)).toContain("canary");
    await first.kill();
    await server.failPoint.off();
    const processes = server.client.db(place.name).collection("processes");
    const dead = await processes.find().toArray();

    const second = await place.start(undefined, mode);
    expect(second.output()).toMatch(/was left by another process: \d+ records recovered/);
    expect(await readsRecorded(second)).toBe(reads);
    // By default it has a journal of its own.
    const segments = readdirSync(join(second.dataDir, "access-journal")).filter((name) => name.endsWith(".segment"));
    expect(segments).toHaveLength(mode === "full" ? 0 : 1);
    await processes.deleteMany({ _id: { $in: dead.map(({ _id }) => _id) } });
    expect(await verify(second)).toMatchObject({ code: 0, intact: true });
  },
);

test("threat 300: a service starts next to a damaged journal, and says that it is critical", async () => {
  const place = aPlace("process");
  const first = await place.start();
  await save(first);
  await server.failPoint.on(["insert"], away);
  for (let at = 0; at < reads; at += 1) await read(first);
  await first.kill();
  await server.failPoint.off();
  const folder = join(first.dataDir, "access-journal");
  const [name = ""] = readdirSync(folder).filter((each) => each.endsWith(".segment"));
  const bytes = readFileSync(join(folder, name));
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8((bytes[middle] ?? 0) ^ 1, middle);
  writeFileSync(join(folder, name), bytes);

  for (let start = 1; start <= 2; start += 1) {
    const service = await place.start();
    expect(service.output()).toMatch(
      /critical: the access journal of chain \S+ in \S+ is damaged and stays as evidence/,
    );
    expect(await storedReads(place)).toBeLessThan(reads);
    const ended = { action: "audit.end", rule: "recovered" };
    expect(await server.client.db(place.name).collection("access").countDocuments(ended)).toBe(0);
    await service.stop();
  }
  expect(readFileSync(join(folder, name))).toEqual(bytes);
});

test("threat 305: a chain whose journal is lost is named by verify until an operator closes it", async () => {
  const place = aPlace("process");
  const first = await place.start();
  await save(first);
  // Makes records of which the database has all.
  await readsRecorded(first);
  await server.failPoint.on(["insert"], away);
  expect(await read(first)).toContain("canary");
  await first.kill();
  await server.failPoint.off();
  rmSync(first.dataDir, { recursive: true });

  const second = await place.start();
  const oo = (...args: string[]) => runOo(args, { env: { OO_TOKEN: token, OO_URL: second.url } });
  // For twenty seconds it counts as running.
  expect(await verify(second)).toMatchObject({ code: 0 });
  const processes = server.client.db(place.name).collection("processes");
  const [earlier] = await processes.find().sort({ seenAt: 1 }).toArray();
  const chain = (await server.client.db(place.name).collection("chains").find().toArray())
    .map(({ _id }) => String(_id))
    .find((name) => name.startsWith(String(earlier?._id)) && name.endsWith(".journal"));
  expect(chain).toBeDefined();
  expect((await oo("audit", "close", chain ?? "")).stderr).toContain("counts as running for 20 seconds");
  await processes.deleteOne({ _id: { $in: earlier === undefined ? [] : [earlier._id] } });
  const found = await verify(second);
  expect(found).toMatchObject({ code: 1, intact: false, problems: [{ kind: "UNFINISHED", chain }] });
  const shown = await oo("audit", "verify");
  expect(shown.stderr).toContain(`chain ${chain} has no end`);
  expect(shown.stderr).toContain("oo audit close CHAIN");
  for (const other of ["1234.changes", "1234.access@host.journal"]) {
    const { stderr } = await oo("audit", "close", other);
    expect(stderr).toContain("there is no chain of this name that has a journal");
    expect(stderr).toContain("hint: `oo audit verify` names the chains that have no end");
  }
  const position = found.problems[0].position - 1;
  expect(position).toBeGreaterThan(0);
  const closed = `closed chain ${chain} after record ${position}\n`;
  expect(await oo("audit", "close", chain ?? "")).toMatchObject({ code: 0, stdout: closed });
  expect(await verify(second)).toMatchObject({ code: 0, intact: true });

  // Closed is only what was there: without its last record the chain is not what the operator has closed.
  const access = server.client.db(place.name).collection<{ _id: string }>("access");
  await access.deleteOne({ _id: recordName(chain ?? "", position) });
  expect(await verify(second)).toMatchObject({ code: 1, problems: [{ kind: "UNFINISHED", chain, position }] });
});

test("a service that stops without its database says how many records are in the journal, and ends with 1", async () => {
  const place = aPlace("process");
  const first = await place.start();
  await save(first);
  await server.failPoint.on(["insert"], away);
  await read(first);
  await first.stop();
  expect(await first.ended).toBe(1);
  expect(first.output()).toMatch(/\d+ access records are in the journal/);
  await server.failPoint.off();
  const second = await place.start();
  expect(await readsRecorded(second)).toBe(1);
  await second.stop();
  expect(await second.ended).toBe(0);
  const third = await place.start();
  expect(third.output()).not.toContain("left by another process");
  expect(await verify(third)).toMatchObject({ code: 0, intact: true });
});

test("threat 305: a process that stops leaves the others only after it has ended its chain", async () => {
  const place = aPlace("process");
  const first = await place.start();
  const processes = server.client.db(place.name).collection("processes");
  await save(first);
  await server.failPoint.on(["insert"], away, 8);
  await read(first);
  const isEnded = () => server.client.db(place.name).collection("access").countDocuments({ action: "audit.end" });
  const stopped = first.stop();
  while ((await processes.countDocuments()) > 0) expect(await isEnded()).toBeLessThanOrEqual(1);
  expect(await isEnded()).toBe(1);
  await stopped;
  expect(await first.ended).toBe(0);
});

test("records of another process are in the database soon after the value has left", async () => {
  const place = aPlace("process");
  const [one, two] = [await place.start(), await place.start(mkdtempSync(join(tmpdir(), "journal-two-")))];
  cleanups.push(() => rmSync(two.dataDir, { recursive: true, force: true }));
  await save(one);
  await read(one);
  expect(await readsRecorded(one)).toBe(1);
  await read(two);
  while ((await readsRecorded(one)) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
});
