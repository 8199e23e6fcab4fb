import type { AuditQuery, ChangeQuery, ReaderLimits, ReaderQuery } from "./audit-page.ts";
import type { FolderCountQuery, FolderQuery, SecretPageQuery } from "./secret-store.ts";
import { StoreError } from "./store-error.ts";

// A database stores whatever it gets: an absent field becomes NULL or matches everything, a fraction or a Date becomes
// something else. So everything is checked first. The messages name the field, never its content.

/** Refuses everything but a non-empty string: an empty tenant or key in a filter would select another set of rows. */
export function requireName(value: unknown, field: string): void {
  if (typeof value !== "string" || value === "") refuse(field, "a non-empty string");
}

/** Refuses everything but a string; "" is allowed. */
export function requireText(value: unknown, field: string): void {
  if (typeof value !== "string") refuse(field, "a string");
}

/** Refuses everything but an integer from 0 to 2^53 - 1. */
export function requireCount(value: unknown, field: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) refuse(field, "a safe integer of at least 0");
}

/** Refuses everything but an array of non-empty strings. */
export function requireNames(value: unknown, field: string): void {
  if (!Array.isArray(value)) refuse(field, "a list");
  for (const entry of value) requireName(entry, field);
}

/** Refuses a query for secrets with a field of the wrong type. */
export function requireSecretPage(query: SecretPageQuery): void {
  requireName(query.tenant, "tenant");
  if (query.visibleTo !== "everyone") requireNames(query.visibleTo, "visibleTo");
  requireText(query.prefix, "prefix");
  requireText(query.after, "after");
  if (query.glob !== undefined) requireText(query.glob, "glob");
  requireCount(query.limit, "limit");
  requireCount(query.scanLimit, "scanLimit");
  if (query.maxBytes !== undefined) requireCount(query.maxBytes, "maxBytes");
  if (query.removed !== undefined) requireFlag(query.removed, "removed");
}

/** Refuses a query for a folder with a field of the wrong type. */
export function requireFolder(query: FolderQuery): void {
  requireName(query.tenant, "tenant");
  if (query.visibleTo !== "everyone") requireNames(query.visibleTo, "visibleTo");
  requireText(query.folder, "folder");
  requireText(query.after, "after");
  requireCount(query.limit, "limit");
}

/** Refuses a count of a folder with a field of the wrong type. */
export function requireFolderCount(query: FolderCountQuery): void {
  requireName(query.tenant, "tenant");
  if (query.visibleTo !== "everyone") requireNames(query.visibleTo, "visibleTo");
  requireText(query.prefix, "prefix");
  requireCount(query.limit, "limit");
}

/** Refuses a query for a page of users or tokens with a field of the wrong type. */
export function requireIdentityPage(tenant: string, after: string, limit: number): void {
  requireName(tenant, "tenant");
  requireText(after, "after");
  requireCount(limit, "limit");
}

/** Refuses a query for audit records with a field of the wrong type. */
export function requireAuditQuery(query: AuditQuery): void {
  requireName(query.tenant, "tenant");
  requireCount(query.limit, "limit");
  for (const field of ["key", "keyGlob", "principal", "actionPrefix", "decision"] as const) {
    if (query[field] !== undefined) requireName(query[field], field);
  }
  if (query.key !== undefined && query.keyGlob !== undefined) refuse("keyGlob", "absent with key");
  if (query.actions !== undefined) requireNames(query.actions, "actions");
  if (query.fromMs !== undefined) requireCount(query.fromMs, "fromMs");
  if (query.toMs !== undefined) requireCount(query.toMs, "toMs");
  if (query.after !== undefined) {
    requireCount(query.after.timeMs, "after");
    requireText(query.after.chain, "after");
    requireCount(query.after.position, "after");
  }
}

/** Refuses queries for changes with a field of the wrong type. */
export function requireChangeQueries(queries: readonly ChangeQuery[], limit: number): void {
  requireCount(limit, "limit");
  for (const { tenant, name, action, isVersioned } of queries) {
    requireName(tenant, "tenant");
    requireName(name, "name");
    requireName(action, "action");
    requireFlag(isVersioned, "isVersioned");
  }
}

/** Refuses queries for readers with a field of the wrong type. */
export function requireReaderQueries(tenant: string, queries: readonly ReaderQuery[], limits: ReaderLimits): void {
  requireName(tenant, "tenant");
  requireCount(limits.records, "records");
  requireCount(limits.readers, "readers");
  for (const { key, fromMs } of queries) {
    requireName(key, "key");
    requireCount(fromMs, "fromMs");
  }
}

/** Refuses everything but bytes. */
export function requireBytes(value: unknown, field: string): void {
  if (!(value instanceof Uint8Array)) refuse(field, "bytes");
}

/** Refuses everything but true and false. */
export function requireFlag(value: unknown, field: string): void {
  if (typeof value !== "boolean") refuse(field, "true or false");
}

/** The error names the field and the rule, never what the field held. */
export function refuse(field: string, rule: string): never {
  throw new StoreError("bug", `the store was given an invalid field: ${field} must be ${rule}`);
}
