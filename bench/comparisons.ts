import { randomUUID } from "node:crypto";
import { alternate, type Contender, type Pace, type Samples } from "./alternation.ts";
import { grpcLoad } from "./grpc-load.ts";
import { type HttpCall, httpLoad } from "./http-load.ts";
import { type BenchedOpenBao, openBaoCallsOf, openBaoHeaders } from "./openbao.ts";
import type { CallsOf, Operation } from "./operations.ts";
import type { ServerProcess } from "./processes.ts";
import type { LoadRow } from "./report/results.ts";
import { rowOf } from "./rows.ts";
import { secretKey, secretValue } from "./secret.ts";
import type { BenchedService } from "./service.ts";
import { grpcMessagesOf, grpcPathOf, restCallsOf, serviceHeaders } from "./service-calls.ts";

export interface Servers {
  readonly sqlite: BenchedService;
  readonly mongodb: BenchedService | undefined;
  readonly openBao: BenchedOpenBao;
}

/** The target, as a multiple of OpenBao's throughput. Reads have one only at 16 connections. */
function leastRatio(operation: Operation, connections: number): number | undefined {
  if (operation === "read") return connections === 16 ? 4 : undefined;
  return { write: 2, page: 1, keys: 3 }[operation];
}

/** Compares one operation over HTTP/1.1 and JSON in each of the services. */
export async function compareHttp(
  operation: Operation,
  connections: number,
  { sqlite, mongodb, openBao }: Servers,
  pace: Pace,
): Promise<LoadRow> {
  const load = (name: string, url: string, headers: Record<string, string>, callsOf: CallsOf<HttpCall>): Contender => ({
    name,
    load: (seconds) => {
      const values = freshValues();
      const calls = (connection: number) => callsOf(operation, connection, values);
      return httpLoad({ url, headers, connections, seconds, callsOf: calls });
    },
  });
  const rest = (name: string, service: BenchedService) =>
    load(name, service.server.url, serviceHeaders(service.token), restCallsOf);
  const samples = await alternate(
    [
      rest("SQLite", sqlite),
      load("OpenBao", openBao.server.url, openBaoHeaders(openBao.token), openBaoCallsOf),
      ...(mongodb === undefined ? [] : [rest("MongoDB", mongodb)]),
    ],
    pace,
  );
  return rowOf({
    operation,
    protocol: "http",
    callers: connections,
    ...named(samples),
    atLeast: leastRatio(operation, connections),
    mongodbAtLeast: operation === "read" && connections === 16 ? 2 : undefined,
    p99Lower: true,
  });
}

/**
 * Compares a read as clients of Vault make it with OpenBao, and with our own JSON. `vault` speaks Vault; `json` is
 * another process.
 */
export async function compareVault(
  connections: number,
  {
    vault,
    json,
    openBao,
  }: { readonly vault: BenchedService; readonly json: BenchedService; readonly openBao: BenchedOpenBao },
  pace: Pace,
): Promise<readonly LoadRow[]> {
  const contender = (
    name: string,
    url: string,
    headers: Record<string, string>,
    calls: CallsOf<HttpCall>,
  ): Contender => ({
    name,
    load: (seconds) =>
      httpLoad({ url, headers, connections, seconds, callsOf: (connection) => calls("read", connection, []) }),
  });
  const [ours, ...others] = await alternate(
    [
      contender("SQLite", vault.server.url, openBaoHeaders(vault.token), openBaoCallsOf),
      contender("OpenBao", openBao.server.url, openBaoHeaders(openBao.token), openBaoCallsOf),
      contender("secret-svc over JSON", json.server.url, serviceHeaders(json.token), restCallsOf),
    ],
    pace,
  );
  if (ours === undefined) throw new Error("there is nothing to compare");
  const compared = {
    operation: "read",
    protocol: "vault",
    callers: connections,
    sqlite: ours,
    p99Lower: false,
  } as const;
  return others.map((other, at) => rowOf({ ...compared, other, atLeast: at === 0 ? 3 : 0.85 }));
}

/** Compares a read over HTTP/1.1 and JSON with a server that does only the necessary minimum. */
export async function compareWithBareServer(
  connections: number,
  sqlite: BenchedService,
  bare: ServerProcess,
  pace: Pace,
): Promise<LoadRow> {
  await requireSameFields(sqlite.server.url, bare.url, serviceHeaders(sqlite.token));
  const contender = (name: string, url: string): Contender => ({
    name,
    load: (seconds) => {
      const callsOf = (connection: number) => restCallsOf("read", connection, []);
      return httpLoad({ url, headers: serviceHeaders(sqlite.token), connections, seconds, callsOf });
    },
  });
  const samples = await alternate(
    [contender("SQLite", sqlite.server.url), contender("bare node:http", bare.url)],
    pace,
  );
  const compared = { operation: "read", protocol: "http", callers: connections } as const;
  return rowOf({ ...compared, ...named(samples), atLeast: 0.5, p99Lower: false });
}

/** Compares one operation over gRPC, with `inFlight` calls at once on one connection, as gRPC clients do. */
export async function compareGrpc(
  operation: "read" | "write",
  inFlight: number,
  { sqlite, mongodb, stock }: Omit<Servers, "openBao"> & { readonly stock: BenchedService },
  pace: Pace,
): Promise<LoadRow> {
  const contender = (name: string, { server, token }: BenchedService): Contender => ({
    name,
    load: (seconds) => {
      const values = freshValues();
      const messagesOf = (slot: number) => grpcMessagesOf(operation, slot, values);
      const to = { url: server.url, path: grpcPathOf(operation), token };
      return grpcLoad({ ...to, messagesOf, connections: 1, inFlight, durationMs: seconds * 1000 });
    },
  });
  const samples = await alternate(
    [
      contender("SQLite", sqlite),
      contender("stock connect-node", stock),
      ...(mongodb === undefined ? [] : [contender("MongoDB", mongodb)]),
    ],
    pace,
  );
  const isTarget = operation === "read" && inFlight > 1;
  const compared = { operation, protocol: "grpc", callers: inFlight } as const;
  return rowOf({ ...compared, ...named(samples), atLeast: isTarget ? 3 : undefined, p99Lower: false });
}

function named([sqlite, other, mongodb]: readonly Samples[]) {
  if (sqlite === undefined || other === undefined) throw new Error("there is nothing to compare");
  return { sqlite, other, mongodb };
}

/** Two values that no earlier load has saved. Callers save them in turn. */
function freshValues(): readonly string[] {
  const mark = randomUUID();
  return [`${secretValue}?${mark}-1`, `${secretValue}?${mark}-2`];
}

/** Both must put the same fields into their answers; otherwise the comparison means nothing. */
export async function requireSameFields(ours: string, other: string, headers: Record<string, string>): Promise<void> {
  const fieldsOf = async (url: string) => {
    const body = JSON.stringify({ keys: [secretKey] });
    const answer = await fetch(`${url}/secret-svc/secrets`, { method: "POST", headers, body });
    const list = (await answer.json()) as { readonly secrets: readonly [{ readonly value: string }] };
    return JSON.stringify([Object.keys(list), Object.keys(list.secrets[0]), list.secrets[0].value]);
  };
  if ((await fieldsOf(ours)) !== (await fieldsOf(other))) throw new Error("the servers do not answer the same fields");
}
