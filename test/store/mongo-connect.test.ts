import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { inspect } from "node:util";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { followFiles } from "../../src/files/follow-files.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { type Certificate, makeCertificate } from "../support/clients/certificate.ts";
import { findMongod } from "../support/mongo/find-mongod.ts";
import { freePort } from "../support/mongo/free-port.ts";
import { type MongodProcess, startMongod } from "../support/mongo/mongod-process.ts";

const folder = mkdtempSync(join(tmpdir(), "mongo-connect-"));
const at = (name: string) => join(folder, name);
let own: Certificate;
let other: Certificate;
/** A member of a set that requires TLS, and two servers without. */
let secure: MongodProcess;
let plain: MongodProcess;
let uninitiated: MongodProcess;

/** The server reads both from one file. */
function install({ cert, key }: Certificate): void {
  writeFileSync(at("server.pem"), Buffer.concat([readFileSync(cert), readFileSync(key)]));
}

async function start(name: string, replicaSet: string | undefined, args: readonly string[] = []) {
  const options = { binary: await findMongod(), port: await freePort(), folder: at(name), temporaryFolder: undefined };
  return startMongod({ ...options, replicaSet, args });
}

async function initiate(uri: string, host: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  await client.db("admin").command({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host }] } });
  await client.close();
}

beforeAll(async () => {
  own = makeCertificate(folder, "own");
  other = makeCertificate(folder, "other");
  install(own);
  copyFileSync(own.cert, at("ca.pem"));
  const tls = ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", at("server.pem"), "--tlsCAFile", at("ca.pem")];
  secure = await start("secure", "rs0", [...tls, "--tlsAllowConnectionsWithoutCertificates"]);
  plain = await start("plain", undefined);
  uninitiated = await start("uninitiated", "rs0");
  const direct = `mongodb://127.0.0.1:${secure.port}/?directConnection=true&tls=true&tlsCAFile=${at("ca.pem")}`;
  await initiate(direct, `127.0.0.1:${secure.port}`);
});
afterAll(async () => {
  await Promise.all([secure, plain, uninitiated].map((each) => each?.kill()));
  rmSync(folder, { recursive: true });
});

async function open(address: string, follower?: ReturnType<typeof followFiles>) {
  // An election takes a moment.
  return openMongoStore({ uri: address, times: { findServerMs: 2_000 }, follower });
}

/** Why it does not open. No word of the password may be in it. */
async function refusal(address: string): Promise<string> {
  const error: unknown = await open(address).then(
    async (store) => store.close(),
    (caught: unknown) => caught,
  );
  if (!(error instanceof StoreError)) throw new Error("the store was opened");
  expect(inspect(error, { depth: 10 }) + String(error.stack)).not.toContain("canary");
  return error.message;
}

/** The address of a server that shakes hands, and is not a database. */
async function listenWith(options: TlsOptions): Promise<string> {
  const server = createTlsServer(options, (socket) => socket.on("error", () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `mongodb://svc:canary@127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

const withTls = (options: string) => `mongodb://127.0.0.1:${secure.port}/db?replicaSet=rs0&tls=true${options}`;

describe("fault B11: why MongoDB cannot be used, and what to do", () => {
  test("an authority that the service does not trust", async () => {
    const trusted =
      /the certificate of MongoDB at 127.* is not from an authority that is trusted \([A-Z_]+\); .*tlsCAFile/;
    expect(await refusal(withTls(""))).toMatch(trusted);
    expect(await refusal(withTls(`&tlsCAFile=${other.cert}`))).toMatch(trusted);
  });

  test("a certificate for another host", async () => {
    const elsewhere = makeCertificate(folder, "elsewhere", 1, "DNS:elsewhere.example");
    const address = await listenWith({ cert: readFileSync(elsewhere.cert), key: readFileSync(elsewhere.key) });
    expect(await refusal(`${address}/db?tls=true&tlsCAFile=${elsewhere.cert}`)).toMatch(
      /^the certificate of MongoDB at .* is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    );
  });

  test("a server that asks for a certificate", async () => {
    const pair = { cert: readFileSync(own.cert), key: readFileSync(own.key) };
    const address = await listenWith({ ...pair, ca: pair.cert, requestCert: true, rejectUnauthorized: true });
    expect(await refusal(`${address}/db?tls=true&tlsCAFile=${own.cert}`)).toMatch(
      /refuses the TLS handshake \([A-Z0-9_]+\); where it asks for a certificate, name one with tlsCertificateKeyFile/,
    );
  });

  test.each([
    ["tlsCAFile", "missing.pem", "cannot be read (ENOENT)"],
    ["tlsCertificateKeyFile", "missing.pem", "cannot be read (ENOENT)"],
    ["tlsCRLFile", "missing.pem", "cannot be read (ENOENT)"],
    ["tlsCAFile", "pipe", "cannot be read (it is not a regular file)"],
    ["tlsCAFile", "text.pem", "must hold certificates of authorities, as PEM"],
    ["tlsCertificateKeyFile", "text.pem", "must hold a certificate and its private key"],
    ["tlsCRLFile", "text.pem", "must hold revoked certificates, as PEM"],
  ])("a wrong %s: %s", async (option, name, problem) => {
    writeFileSync(at("text.pem"), "no PEM");
    rmSync(at("pipe"), { force: true });
    execFileSync("mkfifo", [at("pipe")]);
    const message = await refusal(withTls(`&${option}=${at(name)}`));
    expect(message).toMatch(new RegExp(`^the file that ${option} names in the MongoDB address`));
    expect(message).toContain(problem);
  });

  test("a server that requires TLS", async () => {
    expect(await refusal(`mongodb://svc:canary@127.0.0.1:${secure.port}/db?replicaSet=rs0`)).toMatch(
      /ends each connection without an answer; where it requires TLS, add tls=true/,
    );
  });

  test("a server without TLS", async () => {
    expect(await refusal(`mongodb://svc:canary@127.0.0.1:${plain.port}/db?tls=true`)).toMatch(
      /does not answer with TLS \([A-Z_]+\); turn TLS on there, or remove tls=true/,
    );
  });

  test("a host name that cannot be looked up", async () => {
    const message =
      /^the host name of MongoDB cannot be looked up: nowhere\.invalid.* \([A-Z_]+\); check the name, and the DNS/;
    expect(await refusal("mongodb://svc:canary@nowhere.invalid/db")).toMatch(message);
    expect(await refusal("mongodb+srv://svc:canary@nowhere.invalid/db")).toMatch(message);
  });

  test("a port on which nothing listens", async () => {
    expect(await refusal(`mongodb://svc:canary@127.0.0.1:${await freePort()}/db`)).toMatch(
      /^MongoDB cannot be reached at 127\.0\.0\.1:\d+: the connection is refused \(ECONNREFUSED\); start MongoDB there/,
    );
  });

  test("a server that does not answer", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    expect(await refusal(`mongodb://127.0.0.1:${port}/db`)).toMatch(/^MongoDB cannot be reached at .*does not answer/);
    silent.close();
  });

  test("a wrong password", async () => {
    expect(await refusal(`mongodb://svc:canary@127.0.0.1:${plain.port}/db`)).toMatch(
      /rejects the user name or the password in the address; percent-encode .* authSource/,
    );
  });

  test("a server that is not a member of a replica set", async () => {
    const standalone =
      /runs as a standalone server, which has no transactions; start it with --replSet and call rs\.initiate/;
    expect(await refusal(`mongodb://127.0.0.1:${plain.port}/db`)).toMatch(standalone);
    expect(await refusal(`mongodb://127.0.0.1:${plain.port}/db?replicaSet=rs0`)).toMatch(standalone);
  });

  test("a member of a set that was never initiated", async () => {
    expect(await refusal(`mongodb://127.0.0.1:${uninitiated.port}/db?replicaSet=rs0`)).toMatch(
      /is not a member of a replica set yet; call rs\.initiate\(\) there/,
    );
  });

  test("another replica set", async () => {
    const address = withTls(`&tlsCAFile=${at("ca.pem")}`).replace("replicaSet=rs0", "replicaSet=rs1");
    expect(await refusal(address)).toMatch(/is of the replica set 'rs0', not of 'rs1'; correct replicaSet/);
  });
});

describe("fault B11: a database named test", () => {
  const address = (path: string) => withTls(`&tlsCAFile=${at("ca.pem")}`).replace("/db?", path);
  let client: MongoClient;
  beforeAll(async () => {
    client = await MongoClient.connect(address("/?"));
  });
  afterAll(() => client.close());
  const named = async () =>
    (await client.db("admin").admin().listDatabases()).databases
      .map(({ name }) => name)
      .filter((name) => /^(test|secret_svc)$/.test(name));

  test("is used as it is named", async () => {
    await (await open(address("/test?"))).close();
    expect(await named()).toEqual(["test"]);
    // Not the former data of an installation that has moved on.
    await (await open(address("/?"))).close();
    expect((await named()).sort()).toEqual(["secret_svc", "test"]);
    await (await open(address("/test?"))).close();
  });

  test("is refused where an earlier version stored the data elsewhere", async () => {
    await client.db("test").dropDatabase();
    expect(await refusal(address("/test?"))).toMatch(
      /names the database 'test', but the data is in 'secret_svc': earlier versions stored it there; write secret_svc/,
    );
    expect(await named()).toEqual(["secret_svc"]);
  });
});

test("fault B10: certificates of the connection are read again when they change", async () => {
  const problems: string[] = [];
  const follower = followFiles({
    describe: (error) => (error as Error).message,
    onReload: () => {},
    onProblem: (_, problem) => problems.push(problem),
  });
  copyFileSync(own.cert, at("trusted.pem"));
  const store = await open(withTls(`&tlsCAFile=${at("trusted.pem")}`), follower);
  try {
    expect(await store.hasNoUsers()).toBe(true);
    writeFileSync(at("trusted.pem"), "no PEM");
    await follower.reload();
    expect(problems).toEqual([expect.stringContaining("must hold certificates of authorities")]);
    // The server gets a certificate of another authority.
    install(other);
    copyFileSync(other.cert, at("ca.pem"));
    await secure.kill("SIGTERM");
    await secure.start();
    await expect(store.hasNoUsers()).rejects.toMatchObject({ kind: "unavailable" });
    copyFileSync(other.cert, at("trusted.pem"));
    await follower.reload();
    await expect.poll(() => store.hasNoUsers().catch(() => false), { timeout: 60_000 }).toBe(true);
  } finally {
    await store.close();
    await follower.stop();
  }
});
