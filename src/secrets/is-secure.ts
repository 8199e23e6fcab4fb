import type { Principal } from "../rules/access.ts";
import type { ServerFacts } from "../store/server-facts.ts";
import type { SecurityFacts } from "./security-facts.ts";

export type SecuritySeverity = "critical" | "warning" | "notice";

export interface SecurityFinding {
  readonly id: string;
  readonly severity: SecuritySeverity;
  /** What is wrong. The text follows "secret svc is not secure: ". */
  readonly summary: string;
  readonly fix: string;
}

export interface SecurityAnswer {
  readonly isSecure: boolean;
  readonly reasons: readonly string[];
  readonly findings: readonly SecurityFinding[];
}

/**
 * Whether the service is set up securely. Only operators get the reasons: they would show an attacker where to start.
 */
export function describeSecurity(facts: SecurityFacts, caller: Principal): SecurityAnswer {
  const findings = findProblems(facts);
  const critical = findings.filter(({ severity }) => severity === "critical");
  const isSecure = critical.length === 0;
  if (!caller.operator) return { isSecure, reasons: [], findings: [] };
  return { isSecure, reasons: critical.map(({ summary }) => summary), findings };
}

/** Everything that could be more secure, the worst first. */
export function findProblems(facts: SecurityFacts): readonly SecurityFinding[] {
  const findings = [
    ...damageFindings(facts.damaged),
    ...keyFindings(facts),
    ...processFindings(facts),
    ...serverFindings(facts.server),
    ...roomFindings(facts),
    ...tokenFindings(facts),
  ];
  const rank: Record<SecuritySeverity, number> = { critical: 0, warning: 1, notice: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** More would not help anyone to begin. */
const damageShown = 5;

function* damageFindings(damaged: readonly string[]): Iterable<SecurityFinding> {
  if (damaged.length === 0) return;
  const more = damaged.length > damageShown ? `; and ${damaged.length - damageShown} more` : "";
  yield critical(
    "stored-data",
    `stored data was changed outside the service, or is damaged: ${damaged.slice(0, damageShown).join("; ")}${more}`,
    "treat it as a possible attack on the database; docs/troubleshooting.md says under REASON_INTEGRITY what to do",
  );
}

const newKey =
  "make a key with 'openssl rand -base64 32', give it as OB_ENCRYPTION_KEY and the old one as " +
  "OB_PREVIOUS_ENCRYPTION_KEYS, then run 'oo keys rotate'";

function* keyFindings(facts: SecurityFacts): Iterable<SecurityFinding> {
  switch (facts.key) {
    case "default":
      yield critical("default-key", "it is using the default encryption key", newKey);
      break;
    case "weak":
      yield critical("weak-key", "its encryption key is easy to guess", newKey);
      break;
    case "text":
      yield warning("text-key", "its encryption key is 32 characters of text, which are rarely random", newKey);
  }
  if (facts.keyInDataDirectory) {
    yield warning(
      "key-beside-data",
      "the encryption key is in the data directory, so anyone who steals the data also gets the key",
      "move the key out of the data directory, and set OB_ENCRYPTION_KEY_FILE to its new path, or " +
        "OB_ENCRYPTION_KEY_COMMAND to a program that prints it",
    );
  }
  if (facts.keyInEnvironment) {
    yield notice(
      "key-in-environment",
      "an encryption key was in the environment that it was started with, where the system still shows it to its user and to root",
      "let a program (OB_ENCRYPTION_KEY_COMMAND) or a file (OB_ENCRYPTION_KEY_FILE) give each key, also a former one; see docs/key-custody.md",
    );
  }
  if (facts.formerRows === 0) return;
  const rows = `${facts.formerRows} ${facts.formerRows === 1 ? "document is" : "documents are"}`;
  if (facts.formerWeakly) {
    yield critical("weak-former-key", `${rows} still under a former encryption key that is easy to guess`, rotate);
  } else {
    yield warning("former-key", `${rows} still under a former encryption key`, rotate);
  }
}

const rotate = "run 'oo keys rotate', then drop the former key from OB_PREVIOUS_ENCRYPTION_KEYS";

function* processFindings(facts: SecurityFacts): Iterable<SecurityFinding> {
  if (facts.beyondLoopback && !facts.tls) {
    yield critical(
      "plaintext-listener",
      "it is listening without TLS on an address that is not loopback",
      "set SECRET_SVC_TLS_CERT and SECRET_SVC_TLS_KEY, or listen on 127.0.0.1 behind a proxy with TLS",
    );
  }
  yield* certificateFindings(facts);
  if (facts.auditFailing) {
    yield critical(
      "audit-failing",
      "audit records cannot be stored",
      "check the service's log and the free disk space of the store; until this is fixed, no value is revealed",
    );
  }
  if (facts.reflection) {
    const summary = "server reflection shows every caller with a token what the service can do";
    const fix = "set SECRET_SVC_REFLECTION=off unless it is needed";
    yield facts.beyondLoopback ? warning("reflection", summary, fix) : notice("reflection", summary, fix);
  }
  if (facts.vaultApi) {
    yield notice(
      "vault-api",
      "the API of Vault is on, and its requests have names of secrets in their paths, which proxies write to access logs",
      "keep paths below /v1/ out of the access logs of proxies, or set SECRET_SVC_VAULT_API=off",
    );
  }
  if (facts.consoleWithoutTls) {
    yield warning(
      "console-without-tls",
      "the console is served without TLS beyond loopback, where no one can sign in, and anyone on the way can change the page",
      "set SECRET_SVC_TLS_CERT and SECRET_SVC_TLS_KEY, or SECRET_SVC_URL to the https address of the proxy in front; else SECRET_SVC_CONSOLE=auto",
    );
  }
  if (facts.metricsBeyondLoopback) {
    yield warning(
      "open-metrics",
      "metrics are served without a token on an address that is not loopback",
      "set SECRET_SVC_METRICS_LISTEN to 127.0.0.1 or to an address of a network for operators only",
    );
  }
  if (facts.root) {
    yield warning("root", "it runs as root", "run it as a user of its own, which needs only its data directory");
  }
  if (facts.debugOptions.length > 0) {
    yield warning(
      "debugging",
      `a debugger can attach to it, or its memory can be copied: ${facts.debugOptions.join(", ")}`,
      "start it with bin/secret-svc, and without such options in NODE_OPTIONS",
    );
  }
  if (facts.openFiles.length > 0) {
    yield warning(
      "open-files",
      `other users of the machine can read or write ${facts.openFiles.join(", ")}`,
      "chmod go-rwx these files, or u=rw,g=r where a group needs to read them",
    );
  }
}

const renew = "renew the certificate in SECRET_SVC_TLS_CERT; the service uses the new files without a restart";

function* certificateFindings({ certificate, notReloaded }: SecurityFacts): Iterable<SecurityFinding> {
  const days = Math.abs(certificate?.days ?? 0);
  const shown = `${days} ${days === 1 ? "day" : "days"}`;
  switch (certificate?.standing) {
    case "expired":
      yield critical("certificate-expired", "its TLS certificate has expired, so clients refuse to connect", renew);
      break;
    case "not-yet-valid":
      yield critical(
        "certificate-not-yet-valid",
        "its TLS certificate is not valid yet, so clients refuse to connect",
        "check the clock of the machine, and the dates of the certificate in SECRET_SVC_TLS_CERT",
      );
      break;
    case "expiring":
      yield warning("certificate-expiring", `its TLS certificate expires in ${shown}`, renew);
  }
  if (notReloaded.length > 0) {
    yield warning(
      "not-reloaded",
      `changed files are not used: ${notReloaded.join("; ")}`,
      "correct the files; the service looks at certificates every few seconds, and at all files on SIGHUP",
    );
  }
}

/** Below this part of the disk a finding says so: in time to do something about it. */
const freePart = 0.1;

const toDisk = "set SECRET_SVC_DATA_DIR to a folder on a disk";

function* roomFindings({ inMemory, space, nearQuota: { users, tenants } }: SecurityFacts): Iterable<SecurityFinding> {
  if (inMemory?.holds === "everything") {
    yield warning(
      "data-in-memory",
      `the data directory ${inMemory.folder} is in memory, so everything in it is lost when the machine restarts`,
      toDisk,
    );
  } else if (inMemory !== undefined) {
    yield warning(
      "journal-in-memory",
      `${inMemory.folder} is in memory, so records of reads that are not in the database yet are lost when the machine ` +
        "restarts or its pod is deleted",
      `${toDisk}, or SECRET_SVC_AUDIT_SYNC=full: then the database has the record of a read before the value leaves`,
    );
  }
  if (space !== undefined && space.freeBytes < freePart * space.sizeBytes) {
    const free = `${Math.floor(space.freeBytes / 1024 ** 2)} MiB of ${Math.floor(space.sizeBytes / 1024 ** 2)} MiB`;
    yield warning(
      "disk-nearly-full",
      `the disk of the store has ${free} left; once it is full, nothing can be read or changed`,
      "free or enlarge the disk; 'oo quota show' shows what a tenant stores, SECRET_SVC_AUDIT_RETENTION drops old audit records",
    );
  }
  if (users + tenants > 0) {
    const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
    yield notice(
      "near-quota",
      `${count(users, "user")} and ${count(tenants, "tenant")} use more than nine tenths of a quota`,
      "look with 'oo quota show', and purge what no one needs, or raise the quota with 'oo quota set'",
    );
  }
}

function* tokenFindings({ endlessAdminToken }: SecurityFacts): Iterable<SecurityFinding> {
  if (!endlessAdminToken) return;
  yield notice(
    "endless-admin-token",
    "people log in, and an admin still has a token without an end",
    "revoke it with 'oo token revoke'; on the host, 'secret-svc admin-token' makes a new one when it is needed",
  );
}

function* serverFindings(server: ServerFacts | undefined): Iterable<SecurityFinding> {
  if (server === undefined) return;
  if (!server.authenticates) {
    yield warning(
      "database-without-authentication",
      "the database accepts anyone who can connect to it",
      "turn on access control in MongoDB, and give the service a user of its own with the role readWrite",
    );
  }
  if (!server.encrypted && !server.isLocal) {
    yield warning(
      "database-without-tls",
      "the connection to the database is not encrypted and leaves the machine",
      "turn on TLS in MongoDB, and add tls=true to SECRET_SVC_STORE",
    );
  }
  if (!server.acknowledgedByMajority || !server.majorityIsDurable) {
    yield warning(
      "database-writes",
      "the database may lose writes that it has acknowledged",
      "set writeConcernMajorityJournalDefault of the replica set to true, which is MongoDB's default",
    );
  }
  if (server.vulnerabilities.length > 0) {
    yield warning(
      "database-version",
      `MongoDB ${server.version} has ${server.vulnerabilities.join("; and ")}`,
      "upgrade MongoDB to the latest version of its series",
    );
  }
}

function critical(id: string, summary: string, fix: string): SecurityFinding {
  return { id, severity: "critical", summary, fix };
}

function warning(id: string, summary: string, fix: string): SecurityFinding {
  return { id, severity: "warning", summary, fix };
}

function notice(id: string, summary: string, fix: string): SecurityFinding {
  return { id, severity: "notice", summary, fix };
}
