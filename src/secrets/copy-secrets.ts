import { type Failure, SecretError, throwAny } from "../error.ts";
import { limits } from "../limits.ts";
import { decide } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuseAny } from "../rules/decision-record.ts";
import { keyProblem, slugProblem } from "../rules/secret-key.ts";
import { nameFailure, requireWellFormed } from "../rules/selection.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { forAccessLists } from "../text/access-list-names.ts";
import { valueFields } from "../text/secret-value.ts";
import { notGranted } from "./save-failures.ts";
import { type SaveResult, saveSecrets } from "./save-secrets.ts";
import { isFailure, loadByKeys, type VerifiedSecret, verifyLatest } from "./verified-secret.ts";

export interface CopyItem {
  readonly source: string;
  readonly target: string;
  readonly ifVersion: number | undefined;
}

export interface CopyRequest {
  readonly items: readonly CopyItem[];
  /** The sources are removed in the same commit, each at the version that is copied. */
  readonly move: boolean;
  readonly validateOnly: boolean;
  readonly readers: readonly string[];
}

const action = "secret.copy";

/**
 * Creates secrets with the values and metadata of others: all of them, or none. No value leaves the service, but anyone
 * who may read a copy may read the value: so it needs the right to read each source, and is recorded as a read of it.
 * What a save needs for a new secret is decided as for a save, and for a move what a removal needs.
 */
export async function copySecrets(
  context: Context,
  call: CallInfo,
  request: CopyRequest,
): Promise<readonly SaveResult[]> {
  checkItems(request.items);
  checkReaders(request.readers);
  const { items, move, validateOnly, readers } = request;
  const sources = await readSources(context, call, items);
  const lists = { ...forAccessLists((): readonly string[] => []), readers };
  const none = { id: "", encrypted: false, checksum: "", checksumAlgorithm: "", clear: [], owner: "" };
  const secrets = sources.map(({ stored, plaintext }, at) => ({
    ...none,
    key: items[at]?.target ?? "",
    ...valueFields(plaintext.value),
    lists,
    metadata: stored.metadata,
    ifVersion: 0,
  }));
  const remove = move ? sources.map(({ stored: { key, version } }) => ({ key, ifVersion: version })) : [];
  if (!validateOnly) await recordReads(context, call, sources, items);
  return saveSecrets(context, call, { secrets, remove, validateOnly, idempotencyKey: "" });
}

function checkItems(items: readonly CopyItem[]): void {
  const field = "items";
  if (items.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "items must not be empty", field });
  }
  const limit = limits.copyItems;
  if (items.length > limit) {
    const message = `${field} must have at most ${limit} entries`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual: items.length });
  }
  const failures: Failure[] = [];
  const seen = new Set<string>();
  for (const [index, { source, target }] of items.entries()) {
    for (const [name, key] of [
      ["source", source],
      ["target", target],
    ] as const) {
      const path = `items[${index}].${name}`;
      const problem = key === "" ? { rule: "must name a secret" } : keyProblem(key);
      if (problem !== undefined) failures.push(nameFailure(path, index, problem));
      else if (seen.has(key)) {
        const message = `${path} names a secret that the request names already`;
        failures.push({ reason: "DUPLICATE_ITEM", message, index, key, field: path });
      }
      seen.add(key);
    }
  }
  throwAny(failures);
}

function checkReaders(readers: readonly string[]): void {
  const field = "readers";
  for (const [at, reader] of readers.entries()) requireWellFormed(`${field}[${at}]`, slugProblem(reader));
  const [limit, actual] = [limits.listEntries, new Set(readers).size];
  if (actual <= limit) return;
  const message = `${field} must have at most ${limit} entries`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual });
}

/** The verified sources, in the order of the items. Throws NOT_FOUND, MISSING_RIGHT, STALE_VERSION and INTEGRITY. */
async function readSources(
  context: Context,
  call: CallInfo,
  items: readonly CopyItem[],
): Promise<readonly VerifiedSecret[]> {
  const { caller } = call;
  const keys = items.map(({ source }) => source);
  const expected = context.lastChanges.expect(caller.tenant, keys, "read");
  const found = await loadByKeys(context, caller, keys);
  const verified = await verifyLatest(context, found.values(), expected);
  const failures: Failure[] = [];
  const sources: VerifiedSecret[] = [];
  for (const [index, { source: key, ifVersion }] of items.entries()) {
    const stored = found.get(key);
    const result = stored && verified.get(stored);
    const at = { index, key, field: `items[${index}].source` };
    const failure =
      result !== undefined && isFailure(result)
        ? { ...result, ...at }
        : (sourceFailure(call, result?.stored, at) ?? staleFailure(result?.stored, ifVersion, at));
    if (failure !== undefined) failures.push(failure);
    else if (result !== undefined && !isFailure(result)) sources.push(result);
  }
  await refuseAny(context, call, action, failures);
  return sources;
}

type At = { readonly index: number; readonly key: string; readonly field: string };

function sourceFailure({ caller }: CallInfo, stored: StoredSecret | undefined, at: At): Failure | undefined {
  if (decide(caller, stored, "read").allowed) return undefined;
  const missing = { reason: "NOT_FOUND", message: `there is no secret ${at.key} that you can see`, ...at } as const;
  if (stored === undefined || stored.removed) return missing;
  const { rule } = decide(caller, stored, "read");
  if (rule === "not-granted") return { ...notGranted(at.key, "read"), right: "read", ...at };
  return { reason: "MISSING_RIGHT", message: `no right to read ${at.key}`, right: "read", ...at };
}

function staleFailure(stored: StoredSecret | undefined, ifVersion: number | undefined, at: At): Failure | undefined {
  if (stored === undefined || ifVersion === undefined || stored.version === ifVersion) return undefined;
  const message = `${at.key} is at version ${stored.version}, not at version ${ifVersion}`;
  return { reason: "STALE_VERSION", message, ...at };
}

async function recordReads(
  context: Context,
  call: CallInfo,
  sources: readonly VerifiedSecret[],
  items: readonly CopyItem[],
): Promise<void> {
  const nowMs = context.now();
  const records = sources.map(({ stored }, at) => {
    const { rule } = decide(call.caller, stored, "read");
    const { key, version } = stored;
    const filter = `copy=${items[at]?.target ?? ""}`;
    return auditRecord(call, nowMs, { action: "secret.read", decision: "allowed", rule, key, version, filter });
  });
  await context.accessLog.record(records);
}
