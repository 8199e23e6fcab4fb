import type { Servers } from "./comparisons.ts";
import { median } from "./measured.ts";
import { startProcess } from "./processes.ts";
import type { SizeRow } from "./report/results.ts";
import { rowOfSizes } from "./rows.ts";
import type { BenchedService } from "./service.ts";
import { restCallsOf, serviceHeaders } from "./service-calls.ts";

const readyWithinMs = 500;

/** Memory after all the load. On MongoDB it is that of the service alone, without `mongod`. */
export function rowOfMemory({ sqlite, mongodb, openBao }: Servers): SizeRow {
  return rowOfSizes({
    size: "memory after the load",
    unit: "MiB",
    sqlite: sqlite.server.residentMib(),
    mongodb: mongodb?.server.residentMib(),
    openBao: openBao.server.residentMib(),
  });
}

/**
 * The time from the start of the process to the first read (OpenBao: until it is unsealed), and the memory at that
 * time.
 */
export async function rowsOfStartUp(
  { sqlite, mongodb, openBao }: Servers,
  rounds: number,
): Promise<readonly SizeRow[]> {
  const starts = { sqlite: [] as Start[], mongodb: [] as Start[], openBao: [] as Start[] };
  await Promise.all([sqlite.server.stop(), mongodb?.server.stop()]);
  for (let round = 0; round < rounds; round += 1) {
    starts.sqlite.push(await startOnce(sqlite));
    if (mongodb !== undefined) starts.mongodb.push(await startOnce(mongodb));
    const { ms } = await openBao.restart();
    starts.openBao.push({ ms, mib: openBao.server.residentMib() });
  }
  const typical = (of: readonly Start[], size: keyof Start) =>
    of.length === 0 ? undefined : median(of.map((each) => each[size]));
  const sizes = (size: keyof Start) => ({
    sqlite: typical(starts.sqlite, size) ?? Number.NaN,
    mongodb: typical(starts.mongodb, size),
    openBao: typical(starts.openBao, size) ?? Number.NaN,
  });
  return [
    rowOfSizes({ size: "start to first read", unit: "ms", ...sizes("ms"), below: readyWithinMs }),
    rowOfSizes({ size: "memory after the start", unit: "MiB", ...sizes("mib") }),
  ];
}

interface Start {
  readonly ms: number;
  readonly mib: number;
}

async function startOnce({ command, token }: BenchedService): Promise<Start> {
  const startedAt = performance.now();
  const server = await startProcess(command);
  const [call] = restCallsOf("read", 0, []);
  const body = call?.body ?? "";
  const answer = await fetch(server.url + call?.path, { method: "POST", headers: serviceHeaders(token), body });
  if (!answer.ok) throw new Error(`a read after the start is answered with ${answer.status}`);
  const ms = performance.now() - startedAt;
  const mib = server.residentMib();
  await server.stop();
  return { ms, mib };
}
