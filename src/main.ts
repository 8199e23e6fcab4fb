import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { Command } from "commander";
import { AuditUnavailableError } from "./audit/access-log.ts";
import { AuditExportIncompleteError } from "./audit/export.ts";
import { type Config, readConfig, type Settings } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { type StoreFlags, withStoreFlags } from "./config/store-flags.ts";
import { addAdminToken } from "./identity/first-start.ts";
import { KeysInUseError } from "./keys/keys-in-use.ts";
import { configureLog, log } from "./log/log.ts";
import { createTokenSecret } from "./rules/token.ts";
import { exportOffStdout } from "./service/audit-export.ts";
import { backupCommands } from "./service/backup-commands.ts";
import { openFilesOf } from "./service/security-facts.ts";
import { openCore, type RunningServer, startServer } from "./service/server.ts";
import { StoreError } from "./store/store-error.ts";

const environmentHelp = `
Settings come from these variables, or from the flags above, which win:
  SECRET_SVC_LISTEN        address and port (default 127.0.0.1:11337)
  SECRET_SVC_DATA_DIR      where the embedded store, its key and the admin token are (default ./data)
  SECRET_SVC_STORE         sqlite (default), the embedded store; or the address of a replica set of MongoDB, such as
                           mongodb://host1,host2/database?replicaSet=rs0, which needs OB_ENCRYPTION_KEY
  SECRET_SVC_STORE_FILE    a file with that address, for one with a password
  SECRET_SVC_TLS_CERT      certificate chain, PEM file; with SECRET_SVC_TLS_KEY, its private key
  SECRET_SVC_AUDIT_SYNC    process (default): records of reads survive a crash of the service; full: of the machine;
                           with MongoDB always of the machine
  SECRET_SVC_METRICS_LISTEN
                           address and port for metrics of Prometheus, /healthz and /readyz, without a token; beyond
                           loopback for a network of operators only (default: none)
  SECRET_SVC_LOG_FORMAT    text (default), json: one object a line; both on standard error
  SECRET_SVC_LOG_LEVEL     info (default), error, debug: also a line for each call, without what it was about
  SECRET_SVC_AUDIT_EXPORT  stdout, or a file: a copy of the audit records as lines of JSON; while it cannot be written
                           nothing is read or changed (default: none)
  SECRET_SVC_AUDIT_RETENTION
                           age at which audit records are dropped from the store, such as 400d (default: forever)
  SECRET_SVC_REFLECTION    auto (default: on when listening on loopback), on, off
  SECRET_SVC_CORS_ORIGINS  origins whose web pages may call the service, exactly as browsers send them, separated by
                           commas, such as https://console.example.com (default: none)
  SECRET_SVC_ISSUERS       YAML file of issuers whose JWTs are accepted, see docs/oidc.md (default: none)

Limits; off lifts one:
  SECRET_SVC_CALLS_PER_MINUTE
                           calls of one user (default 300000, all of which may come at once)
  SECRET_SVC_FAILURES_PER_MINUTE
                           calls without a good token of one address (default 300)
  SECRET_SVC_CONNECTIONS_PER_ADDRESS
                           open connections of one address (default 1000)

Secrets come from the environment or a file only, never from a flag:
  OB_ENCRYPTION_KEY, OB_ENCRYPTION_KEY_FILE
                           the key that encrypts: what 'openssl rand -base64 32' prints, or 64 hex digits
                           (default with the embedded store: a random one, kept in the data directory)
  OB_PREVIOUS_ENCRYPTION_KEYS, OB_PREVIOUS_ENCRYPTION_KEYS_FILE
                           keys that only decrypt, separated by commas, or one a line
  OB_LEGACY_ENCRYPTION_KEY, OB_LEGACY_ENCRYPTION_KEY_FILE
                           the 32 characters of an old installation's key: admins may save values that it encrypted
  OB_ADMIN_TOKEN_FILE      holds the admin's token for the first start (default: a random one, in DATA_DIR/admin.token)
  SECRET_SVC_OPEN_KEY_FILES
                           refuse (default), allow: such a file, or a TLS key, that every user of the machine may read`;

function program(): Command {
  const { version } = JSON.parse(readFileSync(findPackage(), "utf8")) as { version: string };
  const command = new Command("secret-svc").description("A secrets service for many tenants.").version(version);
  withSettings(command.command("serve"))
    .description("Run the service until it gets SIGTERM or SIGINT.")
    .action((flags: Partial<Settings>) => serve(flags));
  withStoreFlags(command.command("admin-token"))
    .description("Make a new token for the user admin, on the host of the store. Prints it on stdout.")
    .action((flags: StoreFlags) => printAdminToken(flags));
  for (const each of backupCommands((flags) => readConfig(process.env, settingsOf(flags)))) command.addCommand(each);
  return command;
}

function withSettings(command: Command): Command {
  return command
    .option("--listen <address:port>", "where to listen")
    .option("--data-dir <directory>", "where the data is")
    .option("--store <store>", "sqlite, or an address of MongoDB without a password")
    .option("--tls-cert <file>", "certificate chain (PEM)")
    .option("--tls-key <file>", "private key (PEM)")
    .option("--audit-sync <process|full>", "what records of reads must survive")
    .option("--reflection <auto|on|off>", "gRPC server reflection")
    .option("--issuers <file>", "issuers whose JWTs are accepted (YAML)")
    .addHelpText("after", environmentHelp);
}

function settingsOf(flags: Partial<Settings>): Settings {
  const { store, dataDir, listen, tlsCert, tlsKey, auditSync, reflection, issuers } = flags;
  return { store, dataDir, listen, tlsCert, tlsKey, auditSync, reflection, issuers };
}

async function serve(flags: Partial<Settings>): Promise<void> {
  const config = readConfig(process.env, settingsOf(flags));
  await configureLog(config.log);
  const server = await startServer(config);
  // Before anybody is told that it runs: whoever reads that may end it at once.
  const ended = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(name));
  });
  if (config.log.format === "text") greet(server, config);
  else log("info", `listening on ${server.url}`);
  if (config.keys?.activeIsDefault) log("info", "the encryption key is the default one, which everybody knows");
  else if (config.keys?.weakKids.has(config.keys.keyring.active.kid)) {
    log("info", "the encryption key is easy to guess; 'openssl rand -base64 32' makes a better one");
  } else if (config.keys?.activeForm === "characters") {
    log("info", "the encryption key is 32 characters of text; 'openssl rand -base64 32' makes a better one");
  }
  const openFiles = openFilesOf(config);
  if (openFiles.length > 0) log("info", `other users of the machine may read or write ${openFiles.join(", ")}`);
  const signal = await ended;
  log("info", `${signal}: finishing what is under way`);
  await server.close();
}

function greet(server: RunningServer, { dataDir, mongoUri, auditExport }: Config): void {
  const shown = (path: string) => {
    const fromHere = relative(process.cwd(), path);
    return fromHere.startsWith("..") || fromHere === "" ? path : fromHere;
  };
  const lines = [
    `secret-svc is listening on ${server.url}`,
    `  data:        ${mongoUri === undefined ? shown(dataDir) : "in MongoDB"}`,
    ...(server.adminTokenFile === undefined ? [] : [`  admin token: ${shown(server.adminTokenFile)}`]),
    ...(server.metricsUrl === undefined ? [] : [`  metrics:     ${server.metricsUrl}/metrics`]),
    "",
    "Try it from another terminal:",
    `  export OO_TOKEN=$(cat ${server.adminTokenFile === undefined ? "YOUR_TOKEN_FILE" : shown(server.adminTokenFile)})`,
    '  ./bin/oo secret save DATABASE_URL "postgresql://user:pass@host:5432/db"',
    "  ./bin/oo secret list",
    "",
  ];
  const stream = auditExport === "stdout" ? process.stderr : process.stdout;
  stream.write(lines.join("\n"));
}

async function printAdminToken(flags: StoreFlags): Promise<void> {
  const config = readConfig(process.env, settingsOf(flags));
  const core = await openCore(exportOffStdout(config), Date.now);
  const secret = createTokenSecret();
  try {
    await addAdminToken(core.context, secret);
  } finally {
    await core.close();
  }
  // Nobody gets it before its record is everywhere.
  process.stdout.write(`${secret}\n`);
}

/** One folder up in a checkout, two in the published package. */
function findPackage(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "../package.json" : "../../package.json", import.meta.url);
}

const knownErrors = [ConfigError, KeysInUseError, StoreError, AuditUnavailableError, AuditExportIncompleteError];

function fail(error: unknown): never {
  const known = knownErrors.some((kind) => error instanceof kind);
  const system = error instanceof Error && "syscall" in error;
  if (error instanceof Error && (known || system)) log("error", error.message);
  else log("error", "stopped by an unexpected error", error);
  process.exit(1);
}

// A bug must not leave a half-working process behind: whoever supervises it starts it again.
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

await program().parseAsync();
