import { Health } from "../../gen/health_pb.ts";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { limitCalls } from "../admission/admission.ts";
import type { Config } from "../config/config.ts";
import type { Follower } from "../files/follow-files.ts";
import { serveService } from "../http/call/service.ts";
import { readOpenApi } from "../http/connection/openapi.ts";
import { createHttpServer, type HttpServerOptions } from "../http/connection/server.ts";
import { createAuthenticator } from "../identity/authenticate.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Trust } from "../identity/trust.ts";
import { findReserved } from "../jwt/issuer.ts";
import { log } from "../log/log.ts";
import { createBrowserCredentials } from "../login/browser-credentials.ts";
import { loginPages } from "../login/browser-login.ts";
import { createPlaces } from "../login/host.ts";
import { createLoginService } from "../login/login-service.ts";
import { createAuditService } from "../rpc/audit-service.ts";
import { auditSizes, identitySizes } from "../rpc/call-sizes.ts";
import { guard } from "../rpc/guard.ts";
import { createHealth } from "../rpc/health.ts";
import { createIdentityService } from "../rpc/identity-service.ts";
import { createKeyService } from "../rpc/key-service.ts";
import { createSecretService } from "../rpc/secret-service.ts";
import type { Context } from "../rules/context.ts";
import { lockDirectory } from "../store/sqlite/directory-lock.ts";
import { serveConsole } from "./console.ts";
import { type OpenCore, openCore } from "./core.ts";
import { followExtraAuthorities } from "./extra-authorities.ts";
import { firstLinkOf } from "./first-link.ts";
import { firstStart, type Started } from "./first-start.ts";
import { describeKeyOrigin, keyLoadRecord } from "./key-origin.ts";
import { loginContextOf } from "./login-context.ts";
import { createMeters, type Meters, type Operations, observerOf, startOperations } from "./operations.ts";
import { keepRechecking, peopleOf } from "./people.ts";
import { logFailure, logOfHttp, probesOf } from "./probes.ts";
import { programVersion } from "./program-version.ts";
import { countRefusals } from "./refusals.ts";
import { followCertificate, followSettings } from "./reloads.ts";
import { createSecurityFacts, type LiveFiles } from "./security-facts.ts";
import { needsToken, reflectionOf, serveLogins, serveSecrets } from "./served-services.ts";
import { createSpans } from "./spans.ts";
import { findTrust, followIssuers } from "./trusted-issuers.ts";
import { vaultApis } from "./vault-api.ts";

export interface RunningServer {
  /** The address that it listens on, such as `http://127.0.0.1:11337`. */
  readonly url: string;
  /** The fingerprint of the encryption key, and where it comes from, for people. */
  readonly encryptionKey: string;
  /** The file with the admin's token. Undefined if the token came from elsewhere. */
  readonly adminTokenFile: string | undefined;
  /** Where the page for browsers is. Undefined: it is not served. */
  readonly consoleUrl: string | undefined;
  /**
   * Makes an address of that page that signs a browser in as the admin, once and within ten minutes. Undefined unless
   * this start made the admin, and the page is for this machine only.
   */
  createFirstLink(): Promise<string | undefined>;
  /** Where metrics are served. Undefined: no metrics. */
  readonly metricsUrl: string | undefined;
  /** As in `OpenCore`. */
  readonly finished: Promise<Error>;
  /**
   * Looks at all files that are read again while the service runs. Never throws: what becomes of them is in the log.
   */
  reload(): Promise<void>;
  /**
   * Asks login providers again about the people of sessions, which also happens by itself. Returns how many it asked
   * about.
   */
  recheckSessions(): Promise<number>;
  /** Answers the calls in progress, then closes everything. */
  close(): Promise<void>;
}

/** How often refused credentials and calls over the rate limit are recorded. */
const failureFlushMs = 60_000;

/**
 * Starts the service, and resolves when it accepts calls. `monotonicMs` is a clock that ignores changes of the system
 * time.
 */
export async function startServer(
  config: Config,
  now: () => number = Date.now,
  monotonicMs: () => number = () => performance.now(),
): Promise<RunningServer> {
  const lock = config.mongoUri === undefined ? lockDirectory(config.dataDir) : undefined;
  const follower = followSettings();
  try {
    if (config.extraCaFile !== undefined) await followExtraAuthorities(follower, config.extraCaFile);
    const meters = await createMeters(config);
    const core = await openCore(config, now, meters, "serve", follower);
    try {
      const started = await firstStart(core.context, config);
      const { kid } = core.keys.keyring.active;
      const trust = await findTrust(core.context, config);
      const server = await listen({ config, core, started, trust, meters, follower, monotonicMs });
      const close = async () => {
        await follower.stop();
        await server.close().finally(() => lock?.release());
      };
      const encryptionKey = `${kid} from ${describeKeyOrigin(config)}`;
      return { ...server, encryptionKey, reload: () => follower.reload(), close };
    } catch (error) {
      await core.close();
      throw error;
    }
  } catch (error) {
    await follower.stop();
    lock?.release();
    throw error;
  }
}

interface ListenOptions {
  readonly config: Config;
  readonly core: OpenCore;
  readonly started: Started;
  readonly trust: Trust | undefined;
  readonly meters: Meters | undefined;
  readonly follower: Follower;
  readonly monotonicMs: () => number;
}

async function listen(options: ListenOptions): Promise<Omit<RunningServer, "reload" | "encryptionKey">> {
  const { config, core, started, trust, meters, follower, monotonicMs } = options;
  const { context } = core;
  const spans = await createSpans(config);
  const certificate =
    config.tls && followCertificate(follower, config.tls, context.now, (pair) => http.replaceCertificate(pair));
  const live: LiveFiles = {
    get tls() {
      return certificate?.current;
    },
    problems: follower.problems,
  };
  const assembled = assemble(config, core, monotonicMs, trust, live);
  const { services, authenticator, refusals, health, places, people, identityContext } = assembled;
  if (trust !== undefined) {
    followIssuers(follower, config, trust, () => {
      authenticator.forget();
      http.acceptClients(trust.authorities);
    });
  }
  let operations: Operations | undefined;
  const webFiles = serveConsole(config, places, (kind, status) => meters?.countPage(kind, status));
  const isReady = () => operations?.readiness.ready === true;
  const authenticate: HttpServerOptions["authenticate"] = (authorization, peer, certificate) =>
    authenticator.authenticate(authorization, peer, certificate);
  const http = createHttpServer({
    services,
    authenticate,
    userOf: authenticator.userOf,
    prefixes: config.vaultApi === true ? vaultApis({ context: identityContext, authenticate, isReady }) : undefined,
    browsers: createBrowserCredentials(places),
    ...(config.tls === undefined ? {} : { tls: config.tls }),
    tlsGroups: config.tlsGroups,
    clientAuthorities: trust?.authorities,
    connectionsPerAddress: config.traffic.connectionsPerAddress,
    memory: { callMemoryBytes: config.traffic.callMemoryBytes, bodyMemoryBytes: config.traffic.bodyMemoryBytes },
    documents: { "/openapi.json": readOpenApi },
    pages: loginPages(people),
    corsOrigins: config.corsOrigins,
    corsHeaders: config.corsHeaders ?? [],
    proxies: config.proxies,
    probes: probesOf(isReady),
    webFiles,
    log: logOfHttp,
    observe: observerOf(meters, spans),
  });
  const flush = () =>
    refusals.flush().catch((error: unknown) => log("error", "refused calls were not recorded", error));
  const flushing = setInterval(flush, failureFlushMs);
  flushing.unref();
  const { host, port } = await http.listen(config.host, config.port);
  places.listensOn(port);
  const rechecking = keepRechecking(people);
  const refusedCredentials = () => refusals.refusedCredentials;
  try {
    const tls = () => live.tls;
    operations = await startOperations({
      config,
      context,
      meters,
      health,
      refusedCredentials,
      tls,
      memory: http.memory,
      spans,
    });
    // Only of a start that succeeds: a supervisor may try again for days.
    await context.accessLog.record([keyLoadRecord(config, core.keys.keyring.active.kid, context.now())]);
  } catch (error) {
    await operations?.close();
    await http.close();
    throw error;
  }
  const { metricsUrl } = operations;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const url = `${config.tls === undefined ? "http" : "https"}://${shownHost}:${port}`;
  return {
    url,
    consoleUrl: webFiles && `${url}/console/`,
    createFirstLink: () => firstLinkOf(people.identity, config, started),
    adminTokenFile: started.tokenFile,
    metricsUrl,
    finished: core.finished,
    recheckSessions: rechecking.runNow,
    async close() {
      await rechecking.stop();
      await operations?.close();
      await http.close();
      await spans?.close();
      health.close();
      clearInterval(flushing);
      await flush();
      await core.close();
    },
  };
}

/** The services on top of the core, each guarded once, for all transports. */
export function assemble(config: Config, core: OpenCore, monotonicMs: () => number, trust?: Trust, live?: LiveFiles) {
  const { context, keys, rotation } = core;
  const refusals = countRefusals(context);
  const authenticator = limitCalls({
    ...config.traffic,
    ...refusals,
    monotonicMs,
    createAuthenticator: (onRefused) =>
      createAuthenticator({
        ...context,
        onRefused,
        verifyJwt: trust?.verifyJwt,
        verifyCertificate: trust?.verifyCertificate,
      }),
  });
  const secretContext: Context = {
    ...context,
    isReservedName: (tenant, name) =>
      findReserved(trust?.issuers ?? [], { tenant, slug: name, roles: [] }) !== undefined,
  };
  const { publicUrl, isLoopback, tls } = config;
  const places = createPlaces({ publicUrl, isLoopback, hasTls: tls !== undefined });
  const identityContext: IdentityContext = {
    ...secretContext,
    passkeyOrigin: () => places.passkeys?.origin,
    get issuers() {
      return trust?.issuers ?? [];
    },
    get providers() {
      return trust?.providers ?? [];
    },
    directory: config.directory,
    version: programVersion(),
    forgetCallers: () => authenticator.forget(),
  };
  const logins = loginContextOf(identityContext, authenticator, places);
  const people = peopleOf({ config, identity: logins, trust, monotonicMs });
  const securityFacts = createSecurityFacts(config, keys, context, live);
  const options = {
    context,
    authenticate: authenticator.recheck,
    logError: logFailure,
  };
  const health = createHealth(
    [SecretService, IdentityService, AuditService, KeyService, LoginService].map(({ typeName }) => typeName),
  );
  const services = [
    serveSecrets(createSecretService(secretContext, securityFacts), options, config.ancestorAnswers === true),
    serveService(IdentityService, guard(IdentityService, createIdentityService(identityContext), options), {
      ...needsToken,
      memory: identitySizes,
    }),
    serveService(AuditService, guard(AuditService, createAuditService(context), options), {
      ...needsToken,
      memory: auditSizes,
    }),
    serveService(KeyService, guard(KeyService, createKeyService({ ...context, rotation }), options), needsToken),
    serveLogins(createLoginService(logins, people), options),
    serveService(Health, health.implementation, { isPublic: true }),
  ];
  if (config.reflection) services.push(...reflectionOf(services));
  return { services, authenticator, refusals, health, places, people, identityContext };
}
