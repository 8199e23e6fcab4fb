import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Principal } from "../rules/access.ts";
import { checkKeyFilter } from "../rules/key-pattern.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { type NamesInput, requireWellFormed } from "../rules/selection.ts";
import type { SecretState } from "../rules/state.ts";
import type { StoredSecret } from "../store/secret-rows.ts";

/** `keys`: only keys and ids. `metadata`: everything except values. `full`: also values. */
export type SecretView = "keys" | "metadata" | "full";

export interface ListRequest extends NamesInput {
  readonly namespace: string;
  readonly keyPattern: string;
  readonly state: SecretState | undefined;
  /** How long before its expiry a secret counts as expiring; undefined: 14 days. Only with the state "expiring". */
  readonly withinMs?: number | undefined;
  /** Only what lies directly in this folder; "" is the root. */
  readonly folder?: string | undefined;
  /** Removed secrets in place of live ones. */
  readonly removed?: boolean;
  /** Only secrets with this text in key, owner or metadata; "" for all. */
  readonly text?: string;
  /** Undefined: "full" for named secrets, otherwise "metadata". */
  readonly view: SecretView | undefined;
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface ListFilter {
  readonly prefix: string;
  readonly glob: string | undefined;
  readonly state: SecretState | undefined;
  /** How long before its expiry a secret counts as expiring. */
  readonly expiringMs: number;
  readonly folder: string | undefined;
  readonly removed: boolean;
  /** In small letters. */
  readonly text: string;
}

/** Checks what a request selects. Throws for malformed fields, and for those that do not go together. */
export function checkFilter(request: ListRequest): ListFilter {
  const { namespace, keyPattern, state, withinMs, folder, removed = false, text = "" } = request;
  const keys = checkKeyFilter(namespace, keyPattern);
  checkWithin(state, withinMs);
  checkText(text);
  if (folder !== undefined) checkFolder(folder, request);
  if (removed) checkRemoved(request);
  return { ...keys, state, expiringMs: withinMs ?? limits.expiringMs, folder, removed, text: text.toLowerCase() };
}

/** Whether a secret has the text of the filter in what may be searched. */
export function hasText({ text }: ListFilter, { key, owner, metadata }: StoredSecret): boolean {
  if (text === "") return true;
  const has = (where: string) => where.toLowerCase().includes(text);
  return has(key) || has(owner) || metadata.some(([name, value]) => has(name) || has(value));
}

function checkText(text: string): void {
  const actual = Buffer.byteLength(text);
  const limit = limits.searchTextBytes;
  if (actual <= limit) return;
  const message = `text must be at most ${limit} bytes`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "text", limit, actual });
}

function checkFolder(folder: string, request: ListRequest): void {
  if (folder !== "") requireWellFormed("folder", keyProblem(folder));
  rejectOthers("folder", request, ["keys", "ids", "key", "id", "namespace", "keyPattern", "text", "removed"]);
}

function checkRemoved(request: ListRequest): void {
  rejectOthers("removed", request, ["keys", "ids", "key", "id", "state"]);
  if (request.view !== "full") return;
  const message = "removed must not be set with the view FULL: the value of a removed secret is in its versions";
  throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: "view" });
}

function rejectOthers(field: string, request: ListRequest, others: readonly (keyof ListRequest)[]): void {
  const other = others.find((name) => isSet(request[name]));
  if (other === undefined) return;
  const message = `${field} and ${other} must not both be set`;
  throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field: other });
}

function isSet(value: ListRequest[keyof ListRequest]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "" && value !== false;
}

function checkWithin(state: SecretState | undefined, withinMs: number | undefined): void {
  if (withinMs === undefined) return;
  const field = "within";
  if (state !== "expiring") {
    const message = "within needs the state EXPIRING: it says how near the expiry must be";
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field });
  }
  if (withinMs >= 1000 && withinMs <= limits.expiringMaxMs) return;
  const days = limits.expiringMaxMs / (24 * 3600 * 1000);
  const message = `within must be between 1 second and ${days} days`;
  throw new SecretError({ reason: "INVALID_FIELD", message, field });
}

/** The filter as an audit record has it. */
export function describeFilter(request: ListRequest, view: SecretView): string {
  const parts = [`view=${view}`];
  if (request.namespace !== "") parts.push(`namespace=${request.namespace}`);
  if (request.keyPattern !== "") parts.push(`keyPattern=${request.keyPattern}`);
  if (request.state !== undefined) parts.push(`state=${request.state}`);
  if (request.withinMs !== undefined) parts.push(`within=${request.withinMs}ms`);
  if (request.folder !== undefined) parts.push(`folder=${request.folder}`);
  if (request.removed === true) parts.push("removed");
  if (request.text !== undefined && request.text !== "") parts.push(`text=${JSON.stringify(request.text)}`);
  return parts.join(" ");
}

/** What a page token is valid for. */
export function bindingOf(caller: Principal, request: ListRequest, view: SecretView): readonly string[] {
  const names = [request.key, request.id, request.keys.join(","), request.ids.join(",")];
  return ["ListSecrets", caller.tenant, caller.slug, ...names, describeFilter(request, view)];
}
