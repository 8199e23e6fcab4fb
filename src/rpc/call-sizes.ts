import type { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import type { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import type { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import type { CallSizes } from "../http/call/service.ts";
import { limits } from "../limits.ts";

const kib = 1024;

/** A secret with the largest value, full lists and full metadata. */
const secretBytes = 128 * kib;

/** A record with the most names, a user with the most roles, a token with the most grants: rare, but not refused. */
const auditEventBytes = 8 * kib;
const userBytes = 8 * kib;
const tokenBytes = 18 * kib;

/** No page needs more: it ends where its rows or its response are too large. */
const mostBytes = 12 * 1024 * kib;

/** What the largest batch needs. With a hundred open streams, it still fits into one connection. */
const mostBytesOfBatch = (9 / 4) * limits.batchStoredBytes;

const pageOf = (pageSize: number) => Math.min(pageSize === 0 ? limits.pageDefault : pageSize, limits.pageMax);
const atMost = (bytes: number) => Math.min(bytes, mostBytes);

/**
 * How much memory a request may need beyond that of a small call. A page is in memory as rows and as the response. One
 * secret fits into what every call may use. Lists of secrets ask for more only when they turn out to be large.
 */
export const secretSizes: CallSizes<typeof SecretService> = {
  saveSecrets: ({ secrets, remove }) => batchBytes(secrets.length + remove.length),
  copySecrets: ({ items, move }) => batchBytes(items.length * (move ? 3 : 2)),
  removeSecrets: ({ keys, ids }) => batchBytes(keys.length + ids.length),
  listVersions: () => atMost(3 * limits.historyVersions * secretBytes),
  restoreVersion: () => atMost(limits.historyVersions * secretBytes),
  purgeSecrets: ({ keys }) => batchBytes(keys.length),
  explainAccess: ({ whoCan, pageSize }) => (whoCan === "" ? 0 : atMost(2 * pageOf(pageSize) * userBytes)),
};

export const identitySizes: CallSizes<typeof IdentityService> = {
  saveUsers: ({ users }) => (users.length < 2 ? 0 : atMost(users.length * userBytes)),
  savePermits: ({ permits }) => (permits.length < 2 ? 0 : atMost(limits.permitsOfTenant * limits.keyPatternBytes)),
  applyTeam: ({ users, permits, tokens }) => atMost((users.length + permits.length + tokens.length) * userBytes),
  listUsers: ({ pageSize }) => atMost(2 * pageOf(pageSize) * userBytes),
  listNames: ({ pageSize }) => atMost(2 * pageOf(pageSize) * userBytes),
  listTokens: ({ pageSize }) => atMost(2 * pageOf(pageSize) * tokenBytes),
};

export const auditSizes: CallSizes<typeof AuditService> = {
  listUsage: ({ keys }) => atMost(2 * keys.length * auditEventBytes),
  listAuditEvents: ({ pageSize }) => atMost(2 * pageOf(pageSize) * auditEventBytes),
};

/** A batch has the secrets that it changes, with their values: as rows, and as what it writes. */
function batchBytes(items: number): number {
  return items < 2 ? 0 : Math.min(2 * items * secretBytes, mostBytesOfBatch);
}
