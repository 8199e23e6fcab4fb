import { type Failure, SecretError, throwAny } from "../error.ts";
import { limits } from "../limits.ts";
import { decide } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuseAny } from "../rules/decision-record.ts";
import { keyProblem, slugProblem } from "../rules/secret-key.ts";
import { nameFailure, requireWellFormed } from "../rules/selection.ts";
import type { Metadata, StoredSecret } from "../store/secret-rows.ts";
import { forAccessLists } from "../text/access-list-names.ts";
import { type SecretValue, valueFields } from "../text/secret-value.ts";
import { checkIdempotencyKey, findAnswer } from "./idempotency.ts";
import type { SaveResult } from "./save-commit.ts";
import { notGranted } from "./save-failures.ts";
import { checkSaveInputs } from "./save-input.ts";
import { authoriseAgain, commitSave } from "./save-secrets.ts";
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
  readonly idempotencyKey: string;
}

const action = "secret.copy";
const rpc = "CopySecrets";

/** Of a copy whose target is there by now, or whose source was moved. */
const lateReasons: ReadonlySet<string> = new Set(["STALE_VERSION", "NOT_FOUND"]);

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
  checkIdempotencyKey(request.idempotencyKey);
  checkItems(request.items);
  checkReaders(request.readers);
  const { idempotencyKey, ...canonical } = request;
  const answerOf = async () => {
    const answer = await findAnswer(context, call, rpc, idempotencyKey, canonical);
    return answer === undefined ? undefined : () => answerAgain(context, call, request, JSON.parse(answer));
  };
  const known = await answerOf();
  if (known !== undefined) return known();
  try {
    return await carryOut(context, call, request);
  } catch (error) {
    // Meanwhile the same request may have been carried out: its target is there then, and the source of a move is gone.
    const mayBeRepeated = error instanceof SecretError && error.failures.some(({ reason }) => lateReasons.has(reason));
    const late = mayBeRepeated ? await answerOf() : undefined;
    if (late === undefined) throw error;
    return late();
  }
}

async function carryOut(context: Context, call: CallInfo, request: CopyRequest): Promise<readonly SaveResult[]> {
  const { items, move, validateOnly } = request;
  const sources = await readSources(context, call, items);
  const contents = sources.map(({ stored: { metadata }, plaintext: { value } }) => ({ metadata, value }));
  const targets = await checkSaveInputs(targetsOf(request, contents), [], false);
  const remove = move ? sources.map(({ stored: { key, version } }) => ({ key, ifVersion: version })) : [];
  if (!validateOnly) await recordReads(context, call, sources, items);
  const { idempotencyKey: key, ...canonical } = request;
  const record = { rpc, key, canonical, startOver: () => copySecrets(context, call, request) };
  return commitSave(context, call, { items: targets, remove, validateOnly, record });
}

interface Content {
  readonly metadata: Metadata;
  readonly value: SecretValue | undefined;
}

function targetsOf({ items, readers }: CopyRequest, contents: readonly Content[]) {
  const lists = { ...forAccessLists((): readonly string[] => []), readers };
  const none = { id: "", encrypted: false, checksum: "", checksumAlgorithm: "", clear: [], owner: "" };
  return contents.map(({ metadata, value }, at) => {
    return { ...none, key: items[at]?.target ?? "", ...valueFields(value), lists, metadata, ifVersion: 0 };
  });
}

/**
 * The result of a copy that was carried out before, for a caller who may still do what was asked. Nothing is read
 * again.
 */
async function answerAgain(
  context: Context,
  call: CallInfo,
  request: CopyRequest,
  answer: readonly SaveResult[],
): Promise<readonly SaveResult[]> {
  const { items: asked, move } = request;
  const placeholder = asked.map(() => ({ metadata: [], value: "-" }));
  const items = await checkSaveInputs(targetsOf(request, placeholder), [], false);
  const removals = move ? asked.map(({ source: key }) => ({ key, ifVersion: undefined })) : [];
  if (!move) await requireStillReadable(context, call, asked);
  await authoriseAgain(context, { call, items, removals, refusedAs: action });
  return answer;
}

/** Sources that were removed since give nothing away. Of one that the caller may not see any more, nothing is said. */
async function requireStillReadable(context: Context, call: CallInfo, items: readonly CopyItem[]): Promise<void> {
  const found = await loadByKeys(
    context,
    call.caller,
    items.map(({ source }) => source),
  );
  const failures = items.flatMap(({ source: key }, index) => {
    const stored = found.get(key);
    if (stored?.removed === true) return [];
    return sourceFailure(call, stored, { index, key, field: `items[${index}].source` }) ?? [];
  });
  await refuseAny(context, call, action, failures);
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
