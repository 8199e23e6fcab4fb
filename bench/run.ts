/**
 * `npm run bench`: what the service costs over what it cannot do without, in one run on one machine. Each pair of servers
 * is measured in alternation and compared pair by pair, because the speed of shared machines drifts.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import autocannon from "autocannon";
import { IdentityService } from "../gen/secret/v1/identity_service_pb.ts";
import { ListSecretsRequestSchema, SecretService } from "../gen/secret/v1/secret_service_pb.ts";
import { grpcLoad } from "./grpc-load.ts";
import { type ServerProcess, startProcess } from "./processes.ts";
import { readerRole, readerSlug, secretKey, secretValue } from "./secret.ts";

const connections = 16;
const grpcInFlight = 64;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const durationMs = Number(process.env.BENCH_SECONDS ?? 4) * 1000;
const root = join(import.meta.dirname, "..");

interface Sample {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

interface Contender {
  readonly name: string;
  readonly server: ServerProcess;
  readonly load: (url: string, ms: number) => Promise<number>;
}

const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-bench-"));
const stockDir = mkdtempSync(join(tmpdir(), "secret-svc-bench-"));
const servers: ServerProcess[] = [];
try {
  const service = await startService(dataDir);
  const token = await prepare(service.url, dataDir);
  const seeded = await startService(stockDir);
  const stockToken = await prepare(seeded.url, stockDir);
  await seeded.stop();
  servers.push(service);
  const bare = await startProcess(process.execPath, [join(root, "bench/bare-http-server.ts")]);
  servers.push(bare);
  const stock = await startProcess(process.execPath, [join(root, "bench/stock-connect-server.ts"), stockDir]);
  servers.push(stock);

  report(
    `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${connections} connections; gRPC: ${grpcInFlight} calls in flight on one connection`,
  );
  await requireSameFields(service.url, bare.url, token);
  report(`${rounds} rounds of ${durationMs / 1000} s each, in alternation; medians; ratio pair by pair`);
  await compare(
    "JSON read over REST",
    { name: "secret-svc", server: service, load: (url, ms) => restLoad(url, token, ms) },
    { name: "bare node:http", server: bare, load: (url, ms) => restLoad(url, token, ms) },
    { text: "at least 0.50", met: (ratio) => ratio >= 0.5 },
  );
  await compare(
    "gRPC read",
    { name: "secret-svc", server: service, load: (url, ms) => grpcReads(url, token, ms) },
    { name: "stock connect-node", server: stock, load: (url, ms) => grpcReads(url, stockToken, ms) },
    { text: "at least 3.00", met: (ratio) => ratio >= 3 },
  );
} finally {
  for (const server of servers) await server.stop();
  for (const directory of [dataDir, stockDir]) rmSync(directory, { recursive: true });
}

function startService(directory: string): Promise<ServerProcess> {
  const env = { ...process.env, SECRET_SVC_DATA_DIR: directory, SECRET_SVC_LISTEN: "127.0.0.1:0" };
  return startProcess(join(root, "bin/secret-svc"), ["serve"], env);
}

/** One secret among a thousand, and an ordinary user who may read it through a role. Gives the user's token. */
async function prepare(url: string, directory: string): Promise<string> {
  const adminToken = readFileSync(join(directory, "admin.token"), "utf8").trim();
  const transport = createConnectTransport({
    baseUrl: url,
    httpVersion: "1.1",
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${adminToken}`);
        return next(request);
      },
    ],
  });
  const secrets = Array.from({ length: 999 }, (_, index) => ({ key: `bench/OTHER_${index}`, value: secretValue }));
  const secret = { key: secretKey, value: secretValue, readers: [readerRole] };
  await createClient(SecretService, transport).saveSecrets({ secrets: [secret, ...secrets] });
  const identity = createClient(IdentityService, transport);
  await identity.saveUsers({ users: [{ slug: readerSlug, roles: [readerRole] }] });
  return (await identity.createToken({ slug: readerSlug })).secret;
}

async function restLoad(url: string, token: string, ms: number): Promise<number> {
  const result = await autocannon({
    url: `${url}/secret-svc/secrets`,
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ keys: [secretKey] }),
    connections,
    duration: ms / 1000,
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} calls failed`);
  return result.requests.total / result.duration;
}

/** Both must do the same work towards the answer, or the comparison means nothing. */
async function requireSameFields(ours: string, other: string, token: string): Promise<void> {
  const fieldsOf = async (url: string) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const body = JSON.stringify({ keys: [secretKey] });
    const answer = await fetch(`${url}/secret-svc/secrets`, { method: "POST", headers, body });
    const list = (await answer.json()) as { readonly secrets: readonly [{ readonly value: string }] };
    return JSON.stringify([Object.keys(list), Object.keys(list.secrets[0]), list.secrets[0].value]);
  };
  if ((await fieldsOf(ours)) !== (await fieldsOf(other))) throw new Error("the servers do not answer the same fields");
}

function grpcReads(url: string, token: string, ms: number): Promise<number> {
  const message = toBinary(ListSecretsRequestSchema, create(ListSecretsRequestSchema, { keys: [secretKey] }));
  const path = "/secret.v1.SecretService/ListSecrets";
  return grpcLoad({
    url,
    path,
    token,
    message,
    connections: Number(process.env.GC ?? 16),
    inFlight: Number(process.env.GF ?? 1),
    durationMs: ms,
  });
}

async function compare(
  title: string,
  ours: Contender,
  other: Contender,
  target: { readonly text: string; readonly met: (ratio: number) => boolean },
): Promise<void> {
  for (const contender of [ours, other]) await sample(contender, 1000);
  const samples: { readonly ours: Sample; readonly other: Sample }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await sample(ours, durationMs);
    samples.push({ ours: first, other: await sample(other, durationMs) });
  }
  report(`\n${title}`);
  for (const [name, side] of [
    [ours.name, "ours"],
    [other.name, "other"],
  ] as const) {
    const perSecond = median(samples.map((each) => each[side].perSecond));
    const cpu = median(samples.map((each) => each[side].cpuMicroseconds));
    report(
      `  ${name.padEnd(20)} ${perSecond.toFixed(0).padStart(7)} calls/s   ${cpu.toFixed(0).padStart(5)} us of CPU a call`,
    );
  }
  const ratio = median(samples.map((each) => each.ours.perSecond / each.other.perSecond));
  const verdict = target.met(ratio) ? "met" : "NOT met";
  report(`  ratio ${ratio.toFixed(2)} (target: ${target.text}, ${verdict})`);
}

async function sample({ server, load }: Contender, ms: number): Promise<Sample> {
  const before = server.cpuSeconds();
  const perSecond = await load(server.url, ms);
  const calls = perSecond * (ms / 1000);
  return { perSecond, cpuMicroseconds: ((server.cpuSeconds() - before) * 1e6) / calls };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
