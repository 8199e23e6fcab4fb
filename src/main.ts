import { relative } from "node:path";
import { isatty } from "node:tty";
import { Command } from "commander";
import { AuditUnavailableError } from "./audit/access-log.ts";
import { AuditExportIncompleteError } from "./audit/export.ts";
import type { Config, Settings } from "./config/config.ts";
import { ArgumentError, ConfigError } from "./config/config-error.ts";
import { loadConfig } from "./config/load-config.ts";
import { type StoreFlags, withStoreFlags } from "./config/store-flags.ts";
import { TemporaryError } from "./config/temporary-error.ts";
import { addAdminToken } from "./identity/first-start.ts";
import { KeysInUseError } from "./keys/keys-in-use.ts";
import { configureLog, log } from "./log/log.ts";
import { createTokenSecret } from "./rules/token.ts";
import { exportOffStdout } from "./service/audit-export.ts";
import { backupCommands } from "./service/backup-commands.ts";
import { openCore } from "./service/core.ts";
import { describeInMemory, findInMemory } from "./service/in-memory.ts";
import { keyCommands } from "./service/key-commands.ts";
import { programVersion } from "./service/program-version.ts";
import { openFilesOf } from "./service/security-facts.ts";
import { type RunningServer, startServer } from "./service/server.ts";
import { LayoutError } from "./store/layout-error.ts";
import { StoreError } from "./store/store-error.ts";

const environmentHelp = `
Settings come from these environment variables. The flags above override them:
  SECRET_SVC_LISTEN        address and port (default 127.0.0.1:11337)
  SECRET_SVC_DATA_DIR      directory of the embedded store, its key and the admin token (default ./data)
  SECRET_SVC_STORE         sqlite (default), the embedded store; or the address of a MongoDB replica set, such as
                           mongodb://host1,host2/database?replicaSet=rs0, which needs OB_ENCRYPTION_KEY
  SECRET_SVC_STORE_FILE, SECRET_SVC_STORE_COMMAND
                           file that holds that address, or command that prints it, for an address with a password
  SECRET_SVC_TLS_CERT      PEM file of the certificate chain; SECRET_SVC_TLS_KEY names the file of its private key
  SECRET_SVC_TLS_GROUPS    default, or pq-only: only clients with a post-quantum key exchange (X25519MLKEM768) can connect
  SECRET_SVC_AUDIT_SYNC    process (default): records of reads survive a crash of the service; disk: also a loss of
                           power; full: with MongoDB also the loss of the machine, see docs/audit.md
  SECRET_SVC_METRICS_LISTEN
                           address and port for Prometheus metrics, /healthz, /readyz and gRPC health, which need no
                           token; listen beyond loopback only on a network of operators (default: none)
  OTEL_EXPORTER_OTLP_ENDPOINT
                           where to send spans of traces, such as http://127.0.0.1:4318 (default: none); needs packages
                           of OpenTelemetry, see docs/monitoring.md
  SECRET_SVC_LOG_FORMAT    text (default), or json: one object per line; both go to standard error
  SECRET_SVC_LOG_LEVEL     info (default), error, or debug: also one line for each call, without its content
  SECRET_SVC_AUDIT_EXPORT  stdout, stderr or the path of a file: a copy of the audit records as lines of JSON; while it
                           cannot be written, nothing can be read or changed (default: none)
  SECRET_SVC_AUDIT_RETENTION
                           age at which audit records are deleted from the store, such as 400d (default: never)
  SECRET_SVC_REFLECTION    auto (default; on only when listening on loopback), on or off
  SECRET_SVC_CONSOLE       auto (default; the web page for people where browsers may sign in), on or off
  SECRET_SVC_DIRECTORY     everyone (default): all users may list the names of users and roles; admins: only admins
  SECRET_SVC_URL           where people find the service with a browser, such as https://secrets.example.com: they sign in
                           there only, and on loopback (default: on loopback, or at any name of the certificate); people
                           who log in with a provider need it, except on this machine
  SECRET_SVC_CORS_ORIGINS  origins whose web pages may call the service, exactly as browsers send them, separated by
                           commas, such as https://console.example.com (default: none)
  SECRET_SVC_CORS_HEADERS  request headers that these pages may send, in addition to those of gRPC-Web, Connect and
                           tracing, separated by commas (default: none)
  SECRET_SVC_TRUSTED_PROXIES
                           networks of the proxies in front of the service, such as 10.1.0.0/16,fd00:1::/64, separated
                           by commas; only they are believed about the address of a client (default: none)
  SECRET_SVC_FORWARDED_HEADER
                           the header in which they send that address: forwarded, x-forwarded-for, or another one with
                           a list of addresses (default: none)
  SECRET_SVC_PROXY_PROTOCOL
                           off (default), or on: each connection of these proxies begins with a header of the PROXY
                           protocol, version 1 or 2; SECRET_SVC_FORWARDED_HEADER is then ignored
  SECRET_SVC_VAULT_API     on: programs that speak Vault can call the service (default off); see docs/vault.md
  SECRET_SVC_ANCESTOR_ANSWERS
                           on: REST paths answer as 1Backend's clients expect (default off); see docs/migrating.md
  SECRET_SVC_ISSUERS       YAML file of the issuers whose JWTs are accepted, see docs/oidc.md, and of the providers
                           where people log in, see docs/login.md (default: none)
  SECRET_SVC_DEVICE_LOGIN  on (default), or off: a terminal cannot log in with a code that a person types elsewhere

Limits; the value 'off' removes the first three:
  SECRET_SVC_CALLS_PER_MINUTE
                           calls of one user (default 300000; all of them may come at once)
  SECRET_SVC_FAILURES_PER_MINUTE
                           calls without a valid token from one address (default 300)
  SECRET_SVC_CONNECTIONS_PER_ADDRESS
                           open connections from one address (default 1000)
  SECRET_SVC_CALL_MEMORY   MiB for calls and responses that are not read yet (default 32); see docs/limits.md
  SECRET_SVC_BODY_MEMORY   MiB for large request bodies (default 32)

Quotas; 'off' removes one, and an operator may set others for a tenant with 'oo quota set':
  SECRET_SVC_USER_SECRETS, SECRET_SVC_TENANT_SECRETS
                           live secrets that a user owns, or a tenant has (default 100000 and 400000)
  SECRET_SVC_USER_BYTES, SECRET_SVC_TENANT_BYTES
                           bytes of these secrets with their history, such as 500MiB (default 1GiB and 4GiB)
  SECRET_SVC_USER_TOKENS, SECRET_SVC_TENANT_TOKENS
                           live tokens of a user, or of all users of a tenant (default 2000 and 20000)
  SECRET_SVC_USER_WATCHES, SECRET_SVC_TENANT_WATCHES
                           open watches on this process (default 100 and 800)

Secrets come from a file, from a program that prints them, or from the environment. They are never accepted as flags.
A variable that ends in _COMMAND holds a command without a shell, which runs once at the start: the absolute path of a
program and its arguments, parted by blanks or as a JSON array. See docs/key-custody.md. At most one of them may be set:
  OB_ENCRYPTION_KEY, OB_ENCRYPTION_KEY_FILE, OB_ENCRYPTION_KEY_COMMAND
                           the encryption key: what 'openssl rand -base64 32' prints, or 64 hex digits
                           (default with the embedded store: a random key, stored in the data directory)
  OB_PREVIOUS_ENCRYPTION_KEYS, OB_PREVIOUS_ENCRYPTION_KEYS_FILE, OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND
                           former keys, which only decrypt; separated by commas in the variable, one per line
                           elsewhere
  OB_LEGACY_ENCRYPTION_KEY, OB_LEGACY_ENCRYPTION_KEY_FILE, OB_LEGACY_ENCRYPTION_KEY_COMMAND
                           the 32-character key of an old installation: admins may save values encrypted with it
  OB_ADMIN_TOKEN_FILE, OB_ADMIN_TOKEN_COMMAND
                           the admin's token for the first start (default: a random token, written to
                           DATA_DIR/admin.token)
  SECRET_SVC_KEY_COMMAND_SECONDS
                           how long such a command may take, from 1 to 300 (default 30)
  SECRET_SVC_OPEN_KEY_FILES
                           refuse (default) or allow a key, token or password file that every user of the machine
                           may read or write`;

function program(): Command {
  const command = new Command("secret-svc")
    .description("A secrets service for many tenants.")
    .version(programVersion());
  withSettings(command.command("serve"))
    .description("Run the service until it gets SIGTERM or SIGINT. SIGHUP reads certificates and issuers again.")
    .action((flags: Partial<Settings>) => serve(flags));
  withStoreFlags(command.command("admin-token"))
    .description(
      "Create or restore the user admin, make a new token for them, and print it on standard output. Needs direct access to the store and its encryption key.",
    )
    .action((flags: StoreFlags) => printAdminToken(flags));
  const configOf = (flags: StoreFlags) => loadConfig(process.env, settingsOf(flags));
  for (const each of [keyCommands(configOf), ...backupCommands(configOf)]) command.addCommand(each);
  return command;
}

function withSettings(command: Command): Command {
  return command
    .option("--listen <address:port>", "address and port to listen on")
    .option("--data-dir <directory>", "directory of the data")
    .option("--store <store>", "sqlite, or a MongoDB address without a password")
    .option("--tls-cert <file>", "certificate chain (PEM)")
    .option("--tls-key <file>", "private key (PEM)")
    .option(
      "--audit-sync <process|disk|full>",
      "what records of reads survive: a crash of the process, a loss of power, the loss of the machine",
    )
    .option("--reflection <auto|on|off>", "gRPC server reflection")
    .option("--issuers <file>", "YAML file of the issuers whose JWTs are accepted")
    .addHelpText("after", environmentHelp);
}

function settingsOf(flags: Partial<Settings>): Settings {
  const { store, dataDir, listen, tlsCert, tlsKey, auditSync, reflection, issuers } = flags;
  return { store, dataDir, listen, tlsCert, tlsKey, auditSync, reflection, issuers };
}

async function serve(flags: Partial<Settings>): Promise<void> {
  let reload = async () => {};
  const closed = onHangUp(() => reload());
  const config = await loadConfig(process.env, settingsOf(flags));
  await configureLog(config.log);
  const server = await startServer(config);
  reload = server.reload;
  // Install the signal handlers first: a supervisor that reads the line below may stop the service at once.
  const ended = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(name));
    closed.then(() => resolve("SIGHUP"));
  });
  if (config.log.format === "text") await greet(server, config);
  else log("info", `listening on ${server.url}`);
  log("info", `encryption key ${server.encryptionKey}`);
  if (config.keys?.activeIsDefault) log("info", "the encryption key is the default key, which is public");
  else if (config.keys?.weakKids.has(config.keys.keyring.active.kid)) {
    log("info", "the encryption key is easy to guess; 'openssl rand -base64 32' makes a better one");
  } else if (config.keys?.activeForm === "characters") {
    log("info", "the encryption key is 32 characters of text; 'openssl rand -base64 32' makes a better one");
  }
  const openFiles = openFilesOf(config);
  if (openFiles.length > 0) log("info", `other users of the machine may read or write ${openFiles.join(", ")}`);
  const inMemory = findInMemory(config);
  if (inMemory !== undefined) log("info", describeInMemory(inMemory));
  const end = await Promise.race([ended, server.finished]);
  if (typeof end === "string") {
    log("info", `${end}: finishing the calls in progress`);
  } else {
    log("error", `this process ends: ${end.message}`);
    process.exitCode = 1;
  }
  await server.close();
}

/**
 * SIGHUP has two meanings: a supervisor asks for a reload, and a terminal was closed. A service that was started on a
 * terminal ends with it, as any program does. Resolves then.
 */
function onHangUp(reload: () => Promise<void>): Promise<void> {
  const standardError = 2;
  const hadTerminal = isatty(standardError);
  return new Promise((resolve) => {
    process.on("SIGHUP", () => {
      if (hadTerminal && !isatty(standardError)) {
        // Nothing can be written there any more.
        for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
        resolve();
      } else {
        log("info", "SIGHUP: looking at the files that can be reloaded");
        reload();
      }
    });
  });
}

async function greet(server: RunningServer, { dataDir, mongoUri, auditExport }: Config): Promise<void> {
  const stream = auditExport === "stdout" ? process.stderr : process.stdout;
  // The link signs a browser in: it is for a person, and must not end in a log.
  const link = stream.isTTY ? await server.createFirstLink() : undefined;
  const shown = (path: string) => {
    const fromHere = relative(process.cwd(), path);
    return fromHere.startsWith("..") || fromHere === "" ? path : fromHere;
  };
  const lines = [
    `secret-svc is listening on ${server.url}`,
    `  data:        ${mongoUri === undefined ? shown(dataDir) : "in MongoDB"}`,
    ...(server.adminTokenFile === undefined ? [] : [`  admin token: ${shown(server.adminTokenFile)}`]),
    ...(server.consoleUrl === undefined ? [] : [`  console:     ${link ?? server.consoleUrl}`]),
    ...(link === undefined ? [] : ["               this link signs you in, once and within ten minutes"]),
    ...(server.metricsUrl === undefined ? [] : [`  metrics:     ${server.metricsUrl}/metrics`]),
    "",
    "Try it from another terminal:",
    `  export OO_TOKEN=$(cat ${server.adminTokenFile === undefined ? "YOUR_TOKEN_FILE" : shown(server.adminTokenFile)})`,
    '  ./bin/oo secret save DATABASE_URL "postgresql://user:pass@host:5432/db"',
    "  ./bin/oo secret list",
    "",
  ];
  stream.write(lines.join("\n"));
}

async function printAdminToken(flags: StoreFlags): Promise<void> {
  const config = await loadConfig(process.env, settingsOf(flags));
  const core = await openCore(exportOffStdout(config), Date.now);
  const secret = createTokenSecret();
  try {
    await addAdminToken(core.context, secret);
  } finally {
    await core.close();
  }
  // Print the token only once its record is in the store and in the export.
  process.stdout.write(`${secret}\n`);
}

const knownErrors = [
  ArgumentError,
  ConfigError,
  TemporaryError,
  KeysInUseError,
  StoreError,
  AuditUnavailableError,
  AuditExportIncompleteError,
];

/** As <sysexits.h> numbers them: EX_TEMPFAIL says "try again", and EX_CONFIG that trying again is useless. */
function exitCodeOf(error: unknown): number {
  if (error instanceof TemporaryError) return 75;
  const isFinal = [ConfigError, KeysInUseError, LayoutError].some((kind) => error instanceof kind);
  return isFinal ? 78 : 1;
}

function fail(error: unknown): never {
  const known = knownErrors.some((kind) => error instanceof kind);
  const system = error instanceof Error && "syscall" in error;
  if (error instanceof Error && (known || system)) log("error", error.message);
  else log("error", "stopped by an unexpected error", error);
  process.exit(exitCodeOf(error));
}

// A bug must not leave a half-working process behind. Its supervisor starts it again.
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
// A log on a full disk, or one that no program reads any more, must not end the service. Later lines are tried again.
process.stderr.on("error", () => undefined);

await program().parseAsync();
