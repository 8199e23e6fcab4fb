import type { Config } from "../config/config.ts";
import type { Follower } from "../files/follow-files.ts";
import { readOpenApi } from "../http/connection/openapi.ts";
import { createHttpServer, type HttpServerOptions } from "../http/connection/server.ts";
import type { Trust } from "../identity/trust.ts";
import { log } from "../log/log.ts";
import { createBrowserCredentials } from "../login/browser-credentials.ts";
import { loginPages } from "../login/browser-login.ts";
import { lockDirectory } from "../store/sqlite/directory-lock.ts";
import type { Siblings } from "../workers/siblings.ts";
import { assemble } from "./assemble.ts";
import { serveConsole } from "./console.ts";
import { type OpenCore, openCore } from "./core.ts";
import { followExtraAuthorities } from "./extra-authorities.ts";
import { firstLinkOf } from "./first-link.ts";
import { firstStart, type Started } from "./first-start.ts";
import { forgetHere } from "./forget-with-siblings.ts";
import { describeKeyOrigin, keyLoadRecord } from "./key-origin.ts";
import { createMeters, type Meters, type Operations, observerOf, startOperations } from "./operations.ts";
import { keepRechecking } from "./people.ts";
import { logOfHttp, probesOf } from "./probes.ts";
import { followCertificate, followSettings } from "./reloads.ts";
import type { LiveFiles } from "./security-facts.ts";
import { createSpans } from "./spans.ts";
import { findTrust, followIssuers } from "./trusted-issuers.ts";
import { vaultApis } from "./vault-api.ts";

export interface RunningServer {
  /** The address that it listens on, such as `http://127.0.0.1:11337`. */
  readonly url: string;
  readonly port: number;
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
  /** Answers the calls in progress, for `graceMs` at most where it is given, then closes everything. */
  close(graceMs?: number): Promise<void>;
}

/** How often refused credentials and calls over the rate limit are recorded. */
const failureFlushMs = 60_000;

/**
 * Starts the service, and resolves when it accepts calls. `monotonicMs` is a clock that ignores changes of the system
 * time. With `siblings`, this process is one of several on the same port.
 */
export async function startServer(
  config: Config,
  now: () => number = Date.now,
  monotonicMs: () => number = () => performance.now(),
  siblings?: Siblings,
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
      const server = await listen({ config, core, started, trust, meters, follower, monotonicMs, siblings });
      const close = async (graceMs?: number) => {
        await follower.stop();
        await server.close(graceMs).finally(() => lock?.release());
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
  readonly siblings: Siblings | undefined;
}

async function listen(options: ListenOptions): Promise<Omit<RunningServer, "reload" | "encryptionKey">> {
  const { config, core, started, trust, meters, follower, monotonicMs, siblings } = options;
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
  const assembled = assemble({ config, core, monotonicMs, trust, live, siblings });
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
  // From here on it may have callers in its memory.
  await siblings?.join({
    forget: (what) => forgetHere(context, authenticator.forget, what),
    measure: async () => meters?.readToMerge(),
  });
  const { host, port } = await http.listen(config.host, siblings?.start.port ?? config.port, siblings !== undefined);
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
      siblings,
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
    port,
    consoleUrl: webFiles && `${url}/console/`,
    createFirstLink: () => firstLinkOf(people.identity, config, started),
    adminTokenFile: started.tokenFile,
    metricsUrl,
    finished: core.finished,
    recheckSessions: rechecking.runNow,
    async close(graceMs) {
      await rechecking.stop();
      await operations?.close();
      await http.close(graceMs);
      await spans?.close();
      health.close();
      clearInterval(flushing);
      await flush();
      await core.close();
    },
  };
}
