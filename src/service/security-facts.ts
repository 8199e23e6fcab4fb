import { join } from "node:path";
import type { Config } from "../config/config.ts";
import type { ConfiguredKeys } from "../config/keys.ts";
import { standingOf, type TlsPair } from "../config/tls-pair.ts";
import { isOpenToOthers } from "../files/open-to-others.ts";
import { hasEndlessAdminToken } from "../identity/endless-token.ts";
import { countKeyUses } from "../keys/key-uses.ts";
import type { Context } from "../rules/context.ts";
import { describeFailure } from "../rules/integrity.ts";
import { countQuotaUse } from "../rules/quota-use.ts";
import type { SecurityFacts } from "../secrets/security-facts.ts";
import { isServedWithoutTls } from "./console.ts";
import { adminTokenFile, encryptionKeyFile } from "./data-directory.ts";
import { findInMemory } from "./in-memory.ts";
import { isKeyInDataDirectory } from "./key-origin.ts";

/**
 * How long facts from the store are cached. Any caller with a token may ask for them, and reading a large store is
 * slow.
 */
const storeFactsMs = 30_000;

type StoreFacts = Pick<
  SecurityFacts,
  "server" | "formerRows" | "formerWeakly" | "space" | "nearQuota" | "endlessAdminToken"
>;

/** What was read from files, as it is in use now. */
export interface LiveFiles {
  readonly tls: TlsPair | undefined;
  readonly problems: ReadonlyMap<string, string>;
}

/** Returns a function that checks the setup of this process at each call, and that throws `StoreError`. */
export function createSecurityFacts(
  config: Config,
  keys: ConfiguredKeys,
  context: Pick<Context, "store" | "accessLog" | "quotas" | "integrity" | "now">,
  live: LiveFiles = { tls: config.tls, problems: new Map() },
): () => Promise<SecurityFacts> {
  let known: { readonly facts: Promise<StoreFacts>; readonly untilMs: number } | undefined;

  function storeFacts(): Promise<StoreFacts> {
    const nowMs = context.now();
    if (known === undefined || nowMs >= known.untilMs) {
      const facts = readStoreFacts(context, keys);
      known = { facts, untilMs: nowMs + storeFactsMs };
      facts.catch(() => {
        known = undefined;
      });
    }
    return known.facts;
  }

  return async () => ({
    ...(await storeFacts()),
    key: strengthOf(keys),
    keyInDataDirectory: isKeyInDataDirectory(config),
    keyInEnvironment: config.keyInEnvironment === true,
    beyondLoopback: !config.isLoopback,
    tls: config.tls !== undefined,
    certificate: live.tls === undefined ? undefined : standingOf(live.tls, context.now()),
    notReloaded: [...live.problems].map(([name, problem]) => `${name}: ${problem}`),
    auditFailing: !context.accessLog.healthy,
    damaged: context.integrity.found.map(describeFailure),
    reflection: config.reflection,
    vaultApi: config.vaultApi === true,
    consoleWithoutTls: isServedWithoutTls(config),
    metricsBeyondLoopback: config.metricsListen !== undefined && !config.metricsListen.isLoopback,
    root: process.getuid?.() === 0,
    debugOptions: debugOptionsOf(process.execArgv, config.nodeOptions),
    openFiles: openFilesOf(config),
    inMemory: findInMemory(config),
  });
}

/** Files with keys, tokens or data that other users of the machine may read or write. */
export function openFilesOf({ secretFiles, dataDir }: Config): readonly string[] {
  return [...secretFiles, ...dataFiles(dataDir)].filter(isOpenToOthers);
}

function strengthOf({ keyring, activeForm, activeIsDefault, weakKids }: ConfiguredKeys): SecurityFacts["key"] {
  if (activeIsDefault) return "default";
  if (weakKids.has(keyring.active.kid)) return "weak";
  return activeForm === "characters" ? "text" : "random";
}

async function readStoreFacts(
  { store, quotas, now }: Pick<Context, "store" | "quotas" | "now">,
  keys: ConfiguredKeys,
): Promise<StoreFacts> {
  const [server, uses, space, { users, tenants }, endlessAdminToken] = await Promise.all([
    store.describeServer(),
    countKeyUses(store, now()),
    store.describeSpace(),
    countQuotaUse({ store, quotas }),
    hasEndlessAdminToken({ store, now }),
  ]);
  const former = [...uses].filter(([kid]) => kid !== keys.keyring.active.kid);
  return {
    server,
    space,
    endlessAdminToken,
    nearQuota: {
      users: users["over-nine-tenths"] + users.full,
      tenants: tenants["over-nine-tenths"] + tenants.full,
    },
    formerRows: former.flatMap(([, counts]) => Object.values(counts)).reduce((sum, rows) => sum + rows, 0),
    formerWeakly: former.some(([kid]) => keys.weakKids.has(kid)),
  };
}

const debugForm = /^--(inspect|heapsnapshot|heap-prof|cpu-prof|prof\b|report-|abort-on|allow-natives)/;
const harmless = "--report-exclude-env";

/** Options of Node that allow attaching a debugger, or getting a memory dump or a report with secrets. */
export function debugOptionsOf(args: readonly string[], nodeOptions: string): string[] {
  const given = [...args, ...nodeOptions.split(/\s+/)];
  const found = given.filter((option) => debugForm.test(option) && option !== harmless);
  return given.includes("--disable-sigusr1") ? found : [...found, "SIGUSR1"];
}

function dataFiles(dataDir: string): string[] {
  return [
    dataDir,
    encryptionKeyFile(dataDir),
    adminTokenFile(dataDir),
    join(dataDir, "secrets.db"),
    join(dataDir, "audit.db"),
  ];
}
