import { once } from "node:events";
import net from "node:net";
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { ServerReflection as ReflectionV1 } from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ReflectionV1Alpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { Health } from "../../../gen/health_pb.ts";
import {
  SaveOutcome,
  type Secret,
  SecretSchema,
  SecretService,
  SecretView,
} from "../../../gen/secret/v1/secret_service_pb.ts";
import { SecretError } from "../../../src/error.ts";
import { type Call, getCall } from "../../../src/http/call/call.ts";
import type { HttpLogEvent } from "../../../src/http/call/log.ts";
import { serveService } from "../../../src/http/call/service.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../../src/http/connection/server.ts";
import { limits } from "../../../src/limits.ts";
import { secretSizes } from "../../../src/rpc/call-sizes.ts";
import { createHealth, type HealthControl } from "../../../src/rpc/health.ts";
import { createReflection } from "../../../src/rpc/reflection.ts";
import type { Caller } from "../../../src/rules/caller.ts";
import { StoreError } from "../../../src/store/store-error.ts";

export const token = "oo_test-token";
export const tokenOfBob = "oo_test-token-of-bob";

export const caller: Caller = {
  tenant: "default",
  slug: "alice",
  roles: [],
  admin: false,
  operator: false,
  grants: [],
  tokenId: "t1",
  tokenExpireAtMs: 0,
};

export interface Fixture {
  readonly server: HttpServer;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly health: HealthControl;
  readonly secrets: Map<string, Secret>;
  /** Calls that reached a handler. */
  readonly calls: Call[];
  readonly log: HttpLogEvent[];
  /** Handlers of ListSecrets wait for this when it is set. */
  gate: Promise<void> | undefined;
}

/** Tokens other than `token` are refused; "broken" and "down" make the check itself fail. */
export function authenticate(authorization: string | undefined): Caller {
  if (authorization === "Bearer broken") throw new Error("the check failed: canary-4711");
  if (authorization === "Bearer down") {
    throw new StoreError("unavailable", "the store could not be read: canary-4711");
  }
  if (authorization === `Bearer ${tokenOfBob}`) return { ...caller, slug: "bob" };
  if (authorization !== `Bearer ${token}`) {
    throw new SecretError({ reason: "UNAUTHENTICATED", message: "the token is not valid" });
  }
  return caller;
}

export async function startServer(overrides: Partial<HttpServerOptions> = {}): Promise<Fixture> {
  const health = createHealth([SecretService.typeName]);
  const reflection = createReflection([SecretService, Health]);
  const secrets = new Map<string, Secret>();
  const calls: Call[] = [];
  const log: HttpLogEvent[] = [];
  const state = { gate: undefined as Promise<void> | undefined };
  const server = createHttpServer({
    services: [
      serveService(SecretService, secretService(secrets, calls, state), {
        isPublic: false,
        publicMethods: ["getSealingKey"],
        memory: secretSizes,
      }),
      serveService(Health, health.implementation, { isPublic: true }),
      serveService(ReflectionV1, reflection.v1, { isPublic: false }),
      serveService(ReflectionV1Alpha, reflection.v1alpha, { isPublic: false }),
    ],
    authenticate,
    probes: {
      "/healthz": () => ({ status: 200, text: "ok\n" }),
      "/readyz": async () => ({ status: 503, text: "no\n" }),
    },
    log: (event) => log.push(event),
    ...overrides,
  });
  const { host, port } = await server.listen("127.0.0.1", 0);
  const scheme = overrides.tls === undefined ? "http" : "https";
  return Object.assign(state, { server, host, port, url: `${scheme}://${host}:${port}`, health, secrets, calls, log });
}

/** A service in memory, enough to see what gets through. */
function secretService(
  secrets: Map<string, Secret>,
  calls: Call[],
  state: { gate: Promise<void> | undefined },
): ServiceImpl<typeof SecretService> {
  return {
    async listSecrets(request, context) {
      const call = getCall(context.values);
      // As the real one does for a large list.
      if (request.view === SecretView.FULL) await call?.room?.grow(limits.callBytes + limits.largeListBytes);
      note(calls, call);
      await state.gate;
      if (request.keys.includes("explode")) throw new Error("canary-4711");
      if (request.keys.includes("forbidden")) {
        throw new SecretError({ reason: "MISSING_RIGHT", message: "the right read is missing", key: "forbidden" });
      }
      const found = request.keys.flatMap((key) => secrets.get(key) ?? []);
      return { secrets: request.keys.length > 0 ? found : [...secrets.values()] };
    },
    saveSecrets(request, context) {
      note(calls, getCall(context.values));
      for (const input of request.secrets) {
        const value = input.value === undefined ? {} : { value: input.value };
        secrets.set(
          input.key,
          create(SecretSchema, { key: input.key, readers: input.readers, metadata: input.metadata, ...value }),
        );
      }
      return { results: request.secrets.map(({ key }) => ({ key, outcome: SaveOutcome.CREATED, version: 1 })) };
    },
    removeSecrets(request, context) {
      note(calls, getCall(context.values));
      const keys = request.keys.filter((key) => secrets.delete(key));
      return { removed: keys.map((key) => ({ key })) };
    },
    copySecrets: () => ({}),
    compareNamespaces: () => ({}),
    getSealingKey() {
      return { kid: "0011223344556677" };
    },
    encryptValue(request, context) {
      note(calls, getCall(context.values));
      return { value: `sealed:${request.value}` };
    },
    decryptValue(request, context) {
      note(calls, getCall(context.values));
      return { value: `opened:${request.value}` };
    },
    explainAccess(request, context) {
      note(calls, getCall(context.values));
      return { key: request.key };
    },
    async *watchSecrets() {},
    listVersions: () => ({}),
    restoreVersion: () => ({}),
    purgeSecrets: () => ({}),
    isSecure(_request, context) {
      note(calls, getCall(context.values));
      return { isSecure: true };
    },
  };
}

function note(calls: Call[], call: Call | undefined): void {
  if (call === undefined) throw new Error("the handler got no call");
  calls.push(call);
}

export const jsonHeaders = { authorization: `Bearer ${token}`, "content-type": "application/json" };

/** Sends JSON to a path and reads the answer. */
export async function send(
  fixture: Fixture,
  verb: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = jsonHeaders,
): Promise<{ status: number; headers: Headers; body: Record<string, unknown>; text: string }> {
  const text =
    body === undefined
      ? {}
      : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) };
  const response = await fetch(fixture.url + path, { method: verb, headers, ...(text as { body?: string }) });
  const answer = await response.text();
  const isJson = answer !== "" && response.headers.get("content-type") === "application/json";
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(answer) : {}, text: answer };
}

/** Sends raw bytes and collects everything until the server closes the connection. */
export async function sendRaw(
  fixture: { host: string; port: number },
  ...chunks: (string | Uint8Array)[]
): Promise<string> {
  const socket = net.connect(fixture.port, fixture.host);
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  socket.on("error", () => {});
  await once(socket, "connect");
  for (const chunk of chunks) socket.write(chunk);
  await once(socket, "close");
  return Buffer.concat(received).toString("latin1");
}
