import type { KeyObject } from "node:crypto";
import { resolve } from "node:path";
import type { Quotas } from "../rules/quota.ts";
import { isTokenSecret } from "../rules/token.ts";
import { parseAuditExport } from "./audit-export-target.ts";
import { ConfigError } from "./config-error.ts";
import { parseCorsHeaders, parseOrigins } from "./cors-origins.ts";
import { type ConfiguredKeys, keysFromText, parseLegacyKey } from "./keys.ts";
import { type ListenAddress, parseListen } from "./listen-address.ts";
import { oneOf } from "./one-of.ts";
import { type ProxySettings, readProxies } from "./proxies.ts";
import { parsePublicUrl } from "./public-url.ts";
import { readQuotas } from "./quotas.ts";
import { secretSettings } from "./secret-source.ts";
import { type CommandOutputs, type SecretOrigin, type TakenSecret, takeSecret } from "./take-secret.ts";
import { readTlsPair, type TlsFiles, type TlsPair } from "./tls-pair.ts";
import { readTracing, type TracingSettings } from "./tracing.ts";
import { readTrafficLimits, type TrafficLimits } from "./traffic-limits.ts";

/** Settings that are also flags of `secret-svc serve`. A flag overrides the environment variable. */
export interface Settings {
  readonly store: string | undefined;
  readonly dataDir: string | undefined;
  readonly listen: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly auditSync: string | undefined;
  readonly reflection: string | undefined;
  readonly issuers?: string | undefined;
}

export interface Config {
  /** The URI of MongoDB, which may contain a password. Undefined: the embedded store. */
  readonly mongoUri: string | undefined;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
  readonly tls: (TlsPair & TlsFiles) | undefined;
  /** Which key exchanges of TLS are accepted. */
  readonly tlsGroups?: "default" | "pq-only";
  readonly auditSync: "process" | "disk" | "full";
  /**
   * What a record survives in the journal of this machine, before it is in the database. Undefined: a value leaves
   * after its record is in the database.
   */
  readonly accessJournal?: "process" | "disk" | undefined;
  /** Where audit records are exported: `stdout`, `stderr` or the path of a file. Undefined: no export. */
  readonly auditExport?: string | undefined;
  /** Retention of audit records. Undefined: forever. */
  readonly auditRetentionMs?: number | undefined;
  readonly reflection: boolean;
  /** Whether browsers get the page. `auto`: where signing in is safe. */
  readonly console: "auto" | "on" | "off";
  /** Whether the API of Vault is served. */
  readonly vaultApi?: boolean;
  /** Whether REST paths answer as the service did that this one follows. */
  readonly ancestorAnswers?: boolean;
  /** Who may list the names of users and roles. */
  readonly directory: "everyone" | "admins";
  /** Undefined: generate a random key and store it in the data directory. Never undefined with MongoDB. */
  readonly keys: ConfiguredKeys | undefined;
  /** Where the active key comes from. Undefined: the data directory. */
  readonly keyOrigin?: SecretOrigin | undefined;
  /** The encryption key of an old installation. Admins may save values that it encrypted. */
  readonly legacyKey: KeyObject | undefined;
  /** Whether a key, active, former or of an old installation, was in the environment of the process. */
  readonly keyInEnvironment?: boolean;
  /** The admin token for the first start. Undefined: generate a random one. */
  readonly adminToken: string | undefined;
  /** The files from which keys, tokens and passwords are read. */
  readonly secretFiles: readonly string[];
  readonly log: { readonly format: "text" | "json"; readonly level: "info" | "error" | "debug" };
  /** The environment variable `NODE_OPTIONS`. Some options let other users inspect the process. */
  readonly nodeOptions: string;
  /** Where metrics are served. Undefined: no metrics. */
  readonly metricsListen: ListenAddress | undefined;
  /** The file of issuers whose JWTs are accepted. Undefined: JWTs are not accepted. */
  readonly issuersFile: string | undefined;
  /** Whether a file with a secret must not be open to every user of the machine. */
  readonly mustBeClosed?: boolean;
  /** Whether a terminal may log in with a code that a person types. */
  readonly deviceLogin?: boolean;
  /** Where people find the service with a browser. Undefined: only on loopback, or at any name of the certificate. */
  readonly publicUrl?: string | undefined;
  /** More certificate authorities, which Node has read at the start. */
  readonly extraCaFile?: string | undefined;
  /** Where spans are sent. Undefined: there are none. */
  readonly tracing?: TracingSettings | undefined;
  readonly traffic: TrafficLimits;
  /** The proxies that are believed about the addresses of their clients. Undefined: none. */
  readonly proxies?: ProxySettings | undefined;
  /** What users and tenants may have. */
  readonly quotas: Quotas;
  /** Origins whose web pages may call the service. */
  readonly corsOrigins: readonly string[];
  /** Request headers that they may send, in addition to those that the service knows. */
  readonly corsHeaders?: readonly string[];
}

type Environment = Record<string, string | undefined>;

/** Reads and removes one of the secrets. */
type Take = (name: Parameters<typeof takeSecret>[1]) => TakenSecret | undefined;

/**
 * Reads all settings. No other code reads the environment. Variables with secrets are removed from it, so that neither
 * later code nor a crash report can reveal them. `outputs` is what the programs of `…_COMMAND` settings printed:
 * `loadConfig` runs them. Throws `ConfigError`.
 */
export function readConfig(environment: Environment, flags: Settings, outputs: CommandOutputs = new Map()): Config {
  const take: Take = (name) => takeSecret(environment, name, { outputs, isClosed: () => mustBeClosed(environment) });
  const legacy = take("OB_LEGACY_ENCRYPTION_KEY");
  const setting = (name: string, flag: string | undefined) => flag ?? environment[name] ?? "";
  const mongoUri = readStore(take, flags.store);
  const { host, port, isLoopback } = parseListen(
    "SECRET_SVC_LISTEN",
    setting("SECRET_SVC_LISTEN", flags.listen) || "127.0.0.1:11337",
  );
  const metricsListen = environment.SECRET_SVC_METRICS_LISTEN ?? "";
  const reflection = oneOf("SECRET_SVC_REFLECTION", setting("SECRET_SVC_REFLECTION", flags.reflection), [
    "auto",
    "on",
    "off",
  ]);
  const auditSync = oneOf("SECRET_SVC_AUDIT_SYNC", setting("SECRET_SVC_AUDIT_SYNC", flags.auditSync), [
    "process",
    "disk",
    "full",
  ]);
  const { keys, origin: keyOrigin, formerOrigin } = readKeys(take);
  if (mongoUri !== undefined && keys === undefined) throw new ConfigError(keyForMongo);
  return {
    mongoUri,
    dataDir: resolve(setting("SECRET_SVC_DATA_DIR", flags.dataDir) || "data"),
    host,
    port,
    isLoopback,
    tls: readTls(
      environment,
      setting("SECRET_SVC_TLS_CERT", flags.tlsCert),
      setting("SECRET_SVC_TLS_KEY", flags.tlsKey),
    ),
    tlsGroups: oneOf("SECRET_SVC_TLS_GROUPS", environment.SECRET_SVC_TLS_GROUPS ?? "", ["default", "pq-only"]),
    auditSync,
    accessJournal: auditSync === "full" ? undefined : auditSync,
    auditExport: parseAuditExport(environment.SECRET_SVC_AUDIT_EXPORT ?? ""),
    auditRetentionMs: parseRetention(environment.SECRET_SVC_AUDIT_RETENTION ?? ""),
    directory: oneOf("SECRET_SVC_DIRECTORY", environment.SECRET_SVC_DIRECTORY ?? "", ["everyone", "admins"]),
    reflection: reflection === "on" || (reflection === "auto" && isLoopback),
    console: oneOf("SECRET_SVC_CONSOLE", environment.SECRET_SVC_CONSOLE ?? "", ["auto", "on", "off"]),
    ancestorAnswers:
      oneOf("SECRET_SVC_ANCESTOR_ANSWERS", environment.SECRET_SVC_ANCESTOR_ANSWERS ?? "", ["off", "on"]) === "on",
    vaultApi: oneOf("SECRET_SVC_VAULT_API", environment.SECRET_SVC_VAULT_API ?? "", ["off", "on"]) === "on",
    keys,
    keyOrigin,
    legacyKey: parseLegacyKey(legacy?.text),
    keyInEnvironment: [keyOrigin, formerOrigin, legacy?.origin].some((origin) => origin?.kind === "environment"),
    adminToken: readAdminToken(take),
    secretFiles: [
      ...secretSettings.map((name) => environment[`${name}_FILE`]),
      setting("SECRET_SVC_TLS_KEY", flags.tlsKey),
    ]
      .filter((file) => file !== undefined)
      .filter((file) => file !== ""),
    log: {
      format: oneOf("SECRET_SVC_LOG_FORMAT", environment.SECRET_SVC_LOG_FORMAT ?? "", ["text", "json"]),
      level: oneOf("SECRET_SVC_LOG_LEVEL", environment.SECRET_SVC_LOG_LEVEL ?? "", ["info", "error", "debug"]),
    },
    nodeOptions: environment.NODE_OPTIONS ?? "",
    metricsListen: metricsListen === "" ? undefined : parseListen("SECRET_SVC_METRICS_LISTEN", metricsListen),
    issuersFile: setting("SECRET_SVC_ISSUERS", flags.issuers) || undefined,
    mustBeClosed: mustBeClosed(environment),
    publicUrl: parsePublicUrl(environment.SECRET_SVC_URL ?? ""),
    deviceLogin: oneOf("SECRET_SVC_DEVICE_LOGIN", environment.SECRET_SVC_DEVICE_LOGIN ?? "", ["on", "off"]) === "on",
    extraCaFile: environment.NODE_EXTRA_CA_CERTS || undefined,
    tracing: readTracing(environment),
    traffic: readTrafficLimits(environment),
    proxies: readProxies(environment),
    quotas: readQuotas(environment),
    corsOrigins: parseOrigins(environment.SECRET_SVC_CORS_ORIGINS ?? ""),
    corsHeaders: parseCorsHeaders(environment.SECRET_SVC_CORS_HEADERS ?? ""),
  };
}

interface ReadKeys {
  readonly keys: ConfiguredKeys | undefined;
  readonly origin?: SecretOrigin;
  readonly formerOrigin?: SecretOrigin | undefined;
}

function readKeys(take: Take): ReadKeys {
  const active = take("OB_ENCRYPTION_KEY");
  const former = take("OB_PREVIOUS_ENCRYPTION_KEYS");
  // A key of 32 characters may contain a comma, so outside of a variable only line breaks separate keys.
  const separator = former?.origin.kind === "environment" ? "," : /\r?\n/;
  const previous = (former?.text ?? "").split(separator).filter((key) => key !== "");
  if (active !== undefined) {
    const { text, origin } = active;
    const name = origin.kind === "command" ? origin.setting : "OB_ENCRYPTION_KEY";
    return { keys: keysFromText(name, text, previous), origin, formerOrigin: former?.origin };
  }
  if (previous.length > 0) {
    throw new ConfigError(
      "OB_PREVIOUS_ENCRYPTION_KEYS is set, but OB_ENCRYPTION_KEY is not: set it to the key that encrypts new data",
    );
  }
  return { keys: undefined };
}

function readAdminToken(take: Take): string | undefined {
  const taken = take("OB_ADMIN_TOKEN");
  if (taken === undefined) return undefined;
  const { text, origin } = taken;
  if (!isTokenSecret(text)) {
    const verb = origin.kind === "command" ? "print" : "hold";
    throw new ConfigError(
      `${origin.setting} must ${verb} 'oo_' and 43 characters of URL-safe base64, such as a generated token`,
    );
  }
  return text;
}

function readTls(environment: Environment, cert: string, key: string): Config["tls"] {
  if (cert === "" && key === "") return undefined;
  if (cert === "" || key === "") {
    throw new ConfigError("SECRET_SVC_TLS_CERT and SECRET_SVC_TLS_KEY must be set together");
  }
  const files = { certFile: cert, keyFile: key, mustBeClosed: mustBeClosed(environment) };
  return { ...readTlsPair(files), ...files };
}

/** Whether a file with a secret that every user of the machine may read is refused. */
function mustBeClosed(environment: Environment): boolean {
  const rule = environment.SECRET_SVC_OPEN_KEY_FILES ?? "";
  return oneOf("SECRET_SVC_OPEN_KEY_FILES", rule, ["refuse", "allow"]) === "refuse";
}

const keyForMongo =
  "OB_ENCRYPTION_KEY must be set when the store is MongoDB: every process on the database needs the same key, and " +
  "one that is generated here would be on this machine only; 'openssl rand -base64 32' makes a key";

/** The URI of MongoDB; undefined for the embedded store. It may contain a password, so errors never quote it. */
function readStore(take: Take, flag: string | undefined): string | undefined {
  const set = take("SECRET_SVC_STORE")?.text;
  const store = (flag ?? set ?? "").trim();
  if (store === "" || store === "sqlite") return undefined;
  if (!/^mongodb(?:\+srv)?:\/\/[^/?]/.test(store)) {
    throw new ConfigError(
      "SECRET_SVC_STORE must be 'sqlite', the embedded store in the data directory, or the address of MongoDB, such " +
        "as mongodb://host1,host2/database?replicaSet=rs0",
    );
  }
  // Every user of the machine can see the flags of a process.
  if (flag !== undefined && store.includes("@")) {
    throw new ConfigError(
      "--store must not hold a user and a password; use SECRET_SVC_STORE, SECRET_SVC_STORE_FILE or SECRET_SVC_STORE_COMMAND instead",
    );
  }
  return store;
}

const dayMs = 24 * 3600 * 1000;

function parseRetention(text: string): number | undefined {
  if (text === "" || text === "forever") return undefined;
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1];
  if (days === undefined) {
    throw new ConfigError("SECRET_SVC_AUDIT_RETENTION must be a number of days such as 400d, or 'forever'");
  }
  return Number(days) * dayMs;
}
