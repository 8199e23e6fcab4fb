import { relative } from "node:path";
import { isatty } from "node:tty";
import { Command } from "commander";
import { AuditUnavailableError } from "./audit/access-log.ts";
import { AuditExportIncompleteError } from "./audit/export.ts";
import type { Config, Settings } from "./config/config.ts";
import { ArgumentError, ConfigError } from "./config/config-error.ts";
import { environmentHelp } from "./config/environment-help.ts";
import { loadConfig, type TakenSecrets } from "./config/load-config.ts";
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
import { ParentEndedError, WorkerStartError } from "./workers/worker-errors.ts";

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
  // Started by `serve` alone.
  command
    .command("worker", { hidden: true })
    .action(async () => (await import("./service/run-worker.ts")).runWorker(process.env));
  for (const each of [keyCommands(configOf), ...backupCommands(configOf)]) command.addCommand(each);
  return command;
}

function withSettings(command: Command): Command {
  return command
    .option("--listen <address:port>", "address and port to listen on")
    .option("--workers <number|auto>", "processes that serve the port together (MongoDB)")
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
  const { store, dataDir, listen, tlsCert, tlsKey, auditSync, reflection, issuers, workers } = flags;
  return { store, dataDir, listen, tlsCert, tlsKey, auditSync, reflection, issuers, workers };
}

async function serve(flags: Partial<Settings>): Promise<void> {
  let reload = async () => {};
  const closed = onHangUp(() => reload());
  const secrets: TakenSecrets = new Map();
  const config = await loadConfig(process.env, settingsOf(flags), secrets);
  await configureLog(config.log);
  const server = await (config.workers === 1 ? startServer(config) : startWorkers(config, settingsOf(flags), secrets));
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

/** Loaded only when used, so that a single process starts as fast as without it. */
async function startWorkers(config: Config, flags: Settings, secrets: TakenSecrets) {
  const { serveWithWorkers } = await import("./service/serve-workers.ts");
  const program = import.meta.filename;
  return serveWithWorkers({ config, flags, secrets, program, wantsLink: greetingStream(config).isTTY === true });
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

function greetingStream({ auditExport }: Pick<Config, "auditExport">) {
  return auditExport === "stdout" ? process.stderr : process.stdout;
}

async function greet(server: Omit<RunningServer, "recheckSessions">, config: Config): Promise<void> {
  const { dataDir, mongoUri } = config;
  const stream = greetingStream(config);
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
  ParentEndedError,
  WorkerStartError,
];

/** As <sysexits.h> numbers them: EX_TEMPFAIL says "try again", and EX_CONFIG that trying again is useless. */
function exitCodeOf(error: unknown): number {
  if (error instanceof WorkerStartError) return error.exitCode;
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
