import type { AuditDecision } from "../audit/record.ts";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { globOf, keyPatternFailure } from "../rules/key-pattern.ts";
import type { AuditQuery } from "../store/audit-page.ts";

/** What a caller wants to see of the audit log. Empty text and empty lists select nothing in particular. */
export interface AuditFilter {
  readonly key: string;
  readonly keyPattern: string;
  readonly principal: string;
  readonly action: string;
  readonly actions: readonly string[];
  readonly decision: AuditDecision | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/** What a text in a filter may hold: printable ASCII without spaces. */
export const auditFilterForm = /^[!-~]+$/;

/** Throws INVALID_FIELD, LIMIT_EXCEEDED and CONFLICTING_FIELDS. */
export function checkAuditFilter(filter: AuditFilter): void {
  for (const field of ["key", "principal", "action"] as const)
    if (filter[field] !== "") checkText(field, filter[field]);
  const { key, keyPattern, action, actions } = filter;
  const limit = limits.auditActions;
  if (actions.length > limit) {
    const message = `actions must have at most ${limit} entries`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "actions", limit, actual: actions.length });
  }
  for (const [index, each] of actions.entries()) checkText(`actions[${index}]`, each);
  if (action !== "" && actions.length > 0) throw conflict("action", "actions");
  if (key !== "" && keyPattern !== "") throw conflict("key", "keyPattern");
  const failure = keyPatternFailure(keyPattern);
  if (failure !== undefined) throw new SecretError(failure);
}

/** The same for the store. */
export function queryOf(filter: AuditFilter): Omit<AuditQuery, "tenant" | "after" | "limit"> {
  const { key, principal, decision, fromMs, toMs } = filter;
  const keyGlob = globOf(filter.keyPattern);
  const actions = actionsOf(filter);
  return {
    ...(key === "" ? {} : { key }),
    ...(keyGlob === undefined ? {} : { keyGlob }),
    ...(principal === "" ? {} : { principal }),
    ...(actions.length === 0 ? {} : { actions }),
    ...(decision === undefined ? {} : { decision }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
  };
}

/** One line for the record of the list. Two filters have the same line only if they select the same. */
export function describeAuditFilter(filter: AuditFilter): string {
  const actions = actionsOf(filter).join(",");
  const shown = { ...filter, action: actions };
  const parts = (["key", "keyPattern", "principal", "action", "decision", "fromMs", "toMs"] as const)
    .filter((field) => shown[field] !== undefined && shown[field] !== "")
    .map((field) => `${field}=${shown[field]}`);
  return parts.join(" ");
}

function actionsOf({ action, actions }: AuditFilter): readonly string[] {
  return action === "" ? [...new Set(actions)] : [action];
}

function conflict(first: string, second: string): SecretError {
  const message = `${first} and ${second} must not both be set`;
  return new SecretError({ reason: "CONFLICTING_FIELDS", message, field: second });
}

function checkText(field: string, text: string): void {
  const max = limits.keyBytes;
  if (text.length > max) {
    const message = `${field} must be at most ${max} bytes`;
    const sizes = { limit: max, actual: Buffer.byteLength(text) };
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, ...sizes });
  }
  if (auditFilterForm.test(text)) return;
  const message = `${field} must be printable ASCII without spaces`;
  throw new SecretError({ reason: "INVALID_FIELD", message, field });
}
