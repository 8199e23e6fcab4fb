import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grpcLoad } from "../grpc-load.ts";
import { httpLoad } from "../http-load.ts";
import type { Measured } from "../measured.ts";
import type { Operation } from "../operations.ts";
import { type ServerProcess, startProcess } from "../processes.ts";
import { endService, startService } from "../service.ts";
import { grpcMessagesOf, grpcPathOf, restCallsOf, serviceHeaders } from "../service-calls.ts";
import { type Comparison, isLongEnough, type Part, type Way } from "./part.ts";
import type { VariantName } from "./variant.ts";

/** What callers of a service do. */
interface Load {
  readonly protocol: "gRPC" | "JSON";
  readonly operation: Exclude<Operation, "write">;
  readonly callers: number;
}

/** A call of a service goes through more code than a function, which V8 has to compile. */
const serviceWarmUpSeconds = 5;

const read64: Load = { protocol: "gRPC", operation: "read", callers: 64 };

const page16: Load = { protocol: "gRPC", operation: "page", callers: 16 };

/** Parts that are measured by calls to two services, one of which lacks the part. */
export const serviceParts: readonly Part[] = [
  servicePart("cached-secrets", "cached-secrets", [read64]),
  servicePart("document", "document", [read64]),
  servicePart("envelope-keys", "envelope-keys", [read64]),
  servicePart("list-response", "list-response", [
    read64,
    page16,
    { ...page16, operation: "keys" },
    { ...read64, protocol: "JSON" },
    { ...page16, protocol: "JSON" },
    { ...page16, protocol: "JSON", operation: "keys" },
  ]),
  servicePart("unary-call", "stock connect-node", [read64]),
  servicePart("authenticate", "authenticate", [read64]),
  servicePart("access-log", "access-log", [{ ...read64, callers: 1 }, { ...read64, callers: 16 }, read64]),
  servicePart("access-log-at-once", "access-log-at-once", [{ ...read64, callers: 16 }, read64]),
  servicePart("access-log-turns", "access-log-turns", [{ ...read64, callers: 4 }, { ...read64, callers: 16 }, read64]),
];

const titles: Record<Load["operation"], string> = {
  read: "a read of one secret",
  page: "a page of 100 with metadata",
  keys: "500 names",
};

function servicePart(name: string, without: VariantName | "stock connect-node", loads: readonly Load[]): Part {
  return {
    name,
    async compare(measure) {
      filledData ??= fillData();
      const data = await filledData;
      // Both anew: one that has run for longer is faster, because V8 has compiled more of it.
      const complete = await startVariant(data, "complete");
      const other = await startVariant(data, without);
      try {
        for (const load of loads) await measure(comparisonOf(load, data.token, complete, other));
      } finally {
        await complete.stop();
        await other.stop();
      }
    },
  };
}

/** What all these services start with. Filled once. */
let filledData: Promise<FilledData> | undefined;

/** To be called in the end. */
export async function removeFilledData(): Promise<void> {
  if (filledData !== undefined) rmSync((await filledData).folder, { recursive: true });
}

function comparisonOf(load: Load, token: string, complete: ServerProcess, other: ServerProcess): Comparison {
  const { protocol, operation, callers } = load;
  const what = `${titles[operation]}, ${protocol}, ${callers === 1 ? "1 caller" : `${callers} callers`}`;
  const ways = { with: wayOf(load, token, complete), without: wayOf(load, token, other) };
  return { what, ...ways, warmUpSeconds: serviceWarmUpSeconds };
}

function wayOf(load: Load, token: string, server: ServerProcess): Way {
  return async (seconds) => {
    const cpuAtStart = server.cpuSeconds();
    const startedAt = performance.now();
    let calls = 0;
    for (;;) {
      const callsFrom = performance.now();
      const { perSecond } = await callForSecond(load, token, server.url);
      // Not a number when none was answered within the second.
      if (perSecond > 0) calls += perSecond * ((performance.now() - callsFrom) / 1000);
      const spent = {
        wallSeconds: (performance.now() - startedAt) / 1000,
        cpuSeconds: server.cpuSeconds() - cpuAtStart,
      };
      if (isLongEnough(spent, seconds)) return { calls, ...spent };
    }
  };
}

function callForSecond(load: Load, token: string, url: string): Promise<Measured> {
  const { protocol, operation, callers } = load;
  if (protocol === "gRPC") {
    const messagesOf = (slot: number) => grpcMessagesOf(operation, slot, []);
    const to = { url, path: grpcPathOf(operation), token, connections: 1, inFlight: callers };
    return grpcLoad({ ...to, messagesOf, durationMs: 1000 });
  }
  const callsOf = (connection: number) => restCallsOf(operation, connection, []);
  return httpLoad({ url, headers: serviceHeaders(token), connections: callers, seconds: 1, callsOf });
}

interface FilledData {
  readonly folder: string;
  readonly filled: string;
  readonly token: string;
}

/** The data of a service that was filled, and stopped. */
async function fillData(): Promise<FilledData> {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-parts-"));
  const filled = join(folder, "filled");
  const service = await startService({ program: join(import.meta.dirname, "../../bin/secret-svc") });
  await service.server.stop();
  cpSync(service.dataDir, filled, { recursive: true });
  await endService(service);
  return { folder, filled, token: service.token };
}

function startVariant({ folder, filled }: FilledData, name: string): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(folder, "data-"));
  cpSync(filled, dataDir, { recursive: true });
  const isStock = name === "stock connect-node";
  const script = join(import.meta.dirname, isStock ? "../stock-connect-server.ts" : "variant-server.ts");
  const args = ["--disable-warning=ExperimentalWarning", script, dataDir, ...(isStock ? [] : [name])];
  return startProcess({ command: process.execPath, args, env: process.env });
}
