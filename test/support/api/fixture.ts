import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, Transport } from "@connectrpc/connect";
import { createClient } from "@connectrpc/connect";
import { type AuditEvent, AuditService } from "../../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../../gen/secret/v1/secret_service_pb.ts";
import { type Config, readConfig } from "../../../src/config/config.ts";
import type { ServedService } from "../../../src/http/call/service.ts";
import { createTokenSecret } from "../../../src/rules/token.ts";
import { assemble } from "../../../src/service/assemble.ts";
import { openCore } from "../../../src/service/core.ts";
import { firstStart } from "../../../src/service/first-start.ts";
import { type RunningServer, startServer } from "../../../src/service/server.ts";
import { noFlags } from "../no-flags.ts";
import { type StoreSettings, temporaryStore } from "../store-settings.ts";
import type { Authenticate } from "./in-memory-transport.ts";

/** A clock that only moves when a test moves it. */
export interface TestClock {
  now(): number;
  monotonicMs(): number;
  /** Time passes. */
  advance(ms: number): void;
  /** Someone sets the time, ahead or back. */
  step(ms: number): void;
}

/** One caller's view of the service. */
export interface Api {
  readonly secrets: Client<typeof SecretService>;
  readonly identity: Client<typeof IdentityService>;
  readonly audit: Client<typeof AuditService>;
  readonly keys: Client<typeof KeyService>;
  readonly logins: Client<typeof LoginService>;
  readonly token: string;
}

/** How calls get to the service. `connect` makes a transport that sends a token. */
export interface ApiTransport {
  readonly name: string;
  /** False: calls go straight to the services in this process, and no port is opened. */
  readonly overHttp: boolean;
  /** Settings that the service needs for it. */
  readonly environment?: Readonly<Record<string, string>>;
  open(target: Target): Connection;
}

/** What a transport may connect to: a port, or the assembled services in this process. */
export interface Target {
  readonly url: string;
  readonly inMemory: InMemoryServices | undefined;
}

export interface InMemoryServices {
  readonly services: readonly ServedService[];
  readonly authenticate: Authenticate;
}

export interface Connection {
  as(token: string): Transport;
  close(): void;
}

export interface UserOptions {
  readonly tenant?: string;
  readonly roles?: string[];
  readonly admin?: boolean;
  readonly operator?: boolean;
}

export interface TestService {
  /** Empty when there is no port. */
  readonly url: string;
  readonly dataDir: string;
  readonly store: StoreSettings;
  readonly clock: TestClock;
  /** Undefined when there is no port. */
  readonly server: RunningServer | undefined;
  /** The first admin, who is also an operator. */
  readonly admin: Api;
  as(token: string): Api;
  /** Makes a user of the tenant `default`, or of another one, and calls with its token from then on. */
  addUser(slug: string, options?: UserOptions): Promise<Api>;
  /** All audit records of the tenant `default`, newest first, without those of reading them. */
  auditEvents(): Promise<AuditEvent[]>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** When the clock starts. Default: noon of a day that does not matter. */
  readonly startMs?: number;
}

/** Noon, so that no test depends on a change of date. */
const startMs = Date.UTC(2031, 4, 6, 12);

/** Starts a service in this process, in a folder of its own, with a clock that stands still. */
export async function startService(transport: ApiTransport, options: ServiceOptions = {}): Promise<TestService> {
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-api-"));
  const adminToken = createTokenSecret();
  const store = await temporaryStore();
  const settings = { ...store.environment, ...transport.environment, ...options.environment };
  const config = configFor(dataDir, adminToken, settings);
  const clock = createTestClock(options.startMs);
  const target = transport.overHttp ? await openPort(config, clock) : await openInMemory(config, clock);
  const connection = transport.open(target);
  const as = (token: string) => apiOf(connection.as(token), token);
  const admin = as(adminToken);
  return {
    url: target.url,
    dataDir,
    store,
    clock,
    server: target.server,
    admin,
    as,
    addUser: (slug, userOptions = {}) => addUser(admin, as, slug, userOptions),
    auditEvents: () => readAuditEvents(admin),
    async stop() {
      connection.close();
      await target.close();
      await store.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts at noon, unless given. */
export function createTestClock(atMs = startMs): TestClock {
  let nowMs = atMs;
  let passedMs = 0;
  return {
    now: () => nowMs,
    monotonicMs: () => passedMs,
    advance(ms) {
      nowMs += ms;
      passedMs += ms;
    },
    step(ms) {
      nowMs += ms;
    },
  };
}

export function configFor(dataDir: string, adminToken: string, environment: Readonly<Record<string, string>>): Config {
  const tokenFile = join(dataDir, "given-admin.token");
  writeFileSync(tokenFile, `${adminToken}\n`, { mode: 0o600 });
  const settings = { SECRET_SVC_DATA_DIR: dataDir, SECRET_SVC_LISTEN: "127.0.0.1:0", OB_ADMIN_TOKEN_FILE: tokenFile };
  return readConfig({ ...settings, ...environment }, noFlags);
}

type OpenTarget = Target & { readonly server: RunningServer | undefined; close(): Promise<void> };

async function openPort(config: Config, clock: TestClock): Promise<OpenTarget> {
  const server = await startServer(config, clock.now, clock.monotonicMs);
  return { url: server.url, inMemory: undefined, server, close: () => server.close() };
}

export async function openInMemory(config: Config, clock: TestClock): Promise<OpenTarget> {
  const core = await openCore(config, clock.now);
  await firstStart(core.context, config);
  const { services, authenticator, health } = assemble({ config, core, monotonicMs: clock.monotonicMs });
  const authenticate: Authenticate = (authorization, peer) => authenticator.authenticate(authorization, peer);
  return {
    url: "",
    server: undefined,
    inMemory: { services, authenticate },
    async close() {
      health.close();
      await core.close();
    },
  };
}

export function apiOf(transport: Transport, token: string): Api {
  return {
    secrets: createClient(SecretService, transport),
    identity: createClient(IdentityService, transport),
    audit: createClient(AuditService, transport),
    keys: createClient(KeyService, transport),
    logins: createClient(LoginService, transport),
    token,
  };
}

async function addUser(admin: Api, as: (token: string) => Api, slug: string, options: UserOptions): Promise<Api> {
  const { tenant = "", roles = [], ...flags } = options;
  await admin.identity.saveUsers({ tenant, users: [{ slug, roles, ...flags }] });
  const { secret } = await admin.identity.createToken({ tenant, slug });
  return as(secret);
}

async function readAuditEvents(admin: Api): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let pageToken = "";
  do {
    const page = await admin.audit.listAuditEvents({ pageSize: 1000, pageToken });
    events.push(...page.events.filter(({ action }) => action !== "audit.list"));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return events;
}
