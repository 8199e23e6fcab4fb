import { SecretError } from "../error.ts";
import { countKeyUses, type KeyUses, noUses } from "../keys/key-uses.ts";
import { otherWriters, silentMs } from "../keys/processes.ts";
import { destroyedSealingKeys } from "../keys/sealing-keys.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse } from "../rules/decision-record.ts";
import { requireOperator } from "../rules/require-role.ts";
import type { StoreProcess } from "../store/process-registry.ts";
import type { Rotation, RotationOptions, RotationProgress, RotationState } from "./rotation.ts";

/** What the use cases of encryption keys work with. */
export interface KeyContext extends Context {
  readonly rotation: Rotation;
}

/**
 * The active key is `active`. Of the others, a configured key is `needed` while anything depends on it, and `unused`
 * otherwise. A key that is not configured is `missing` while anything depends on it, and `dropped` otherwise.
 */
export type KeyState = "active" | "needed" | "unused" | "dropped" | "missing";

export interface KeyListing {
  readonly kid: string;
  readonly state: KeyState;
  /** Undefined when the key was never the active one, or is no longer needed. */
  readonly addedAtMs: number | undefined;
  readonly uses: KeyUses;
  readonly sealing: "none" | "kept" | "destroyed";
}

export interface KeysAnswer {
  readonly keys: readonly KeyListing[];
  readonly processes: readonly StoreProcess[];
  readonly rotation: RotationState | undefined;
}

const actions = { list: "key.list", rotate: "key.rotate", destroySealing: "key.destroy-sealing" } as const;
export const kidForm = /^[0-9a-f]{16}$/;

/** All keys that are configured or that something depends on, the active one first. */
export async function listKeys(context: KeyContext, call: CallInfo): Promise<KeysAnswer> {
  await requireOperator(context, call, actions.list);
  const { store, keyring } = context;
  const [stored, uses, processes] = await Promise.all([
    store.listKeys(),
    countKeyUses(store, context.now()),
    store.listProcesses(silentMs),
  ]);
  const destroyed = destroyedSealingKeys(stored);
  const sealing = new Set(stored.filter(({ purpose }) => purpose === "sealing").map(({ kid }) => kid));
  const addedAt = new Map(
    stored.filter(({ purpose }) => purpose === "keyring").map((key) => [key.kid, key.createdAtMs]),
  );
  const newestFirst = [...addedAt].sort(([, a], [, b]) => b - a).map(([kid]) => kid);
  const kids = [...keyring.keys.map(({ kid }) => kid), ...newestFirst, ...uses.keys(), ...sealing];
  const stateOf = (kid: string): KeyState => {
    if (kid === keyring.active.kid) return "active";
    if (keyring.get(kid) !== undefined) return uses.has(kid) ? "needed" : "unused";
    return uses.has(kid) ? "missing" : "dropped";
  };
  const keys = [...new Set(kids)].map(
    (kid): KeyListing => ({
      kid,
      state: stateOf(kid),
      addedAtMs: addedAt.get(kid),
      uses: uses.get(kid) ?? noUses,
      sealing: destroyed.includes(kid) ? "destroyed" : sealing.has(kid) ? "kept" : "none",
    }),
  );
  await record(context, call, { action: actions.list, count: keys.length });
  return { keys, processes, rotation: context.rotation.state() };
}

/** Starts the rotation of this process, or joins the one that runs, and follows it to its end. */
export async function* rotateKeys(
  context: KeyContext,
  call: CallInfo,
  options: RotationOptions,
  signal: AbortSignal,
): AsyncIterable<RotationProgress> {
  const action = actions.rotate;
  await requireOperator(context, call, action);
  if (options.rowsPerSecond > limits.rotationRowsPerSecond) {
    const message = `rowsPerSecond must be at most ${limits.rotationRowsPerSecond}; 0 means no limit`;
    const sizes = { limit: limits.rotationRowsPerSecond, actual: options.rowsPerSecond };
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field: "rowsPerSecond", ...sizes });
  }
  const [other] = await otherWriters(context.store, context.keyring);
  if (other !== undefined) {
    const message =
      `the process ${other.id} of the service still writes with the encryption key ${other.kids[0]}; ` +
      `make ${context.keyring.active.kid} the active key of every process first`;
    throw await refuse(context, call, action, [{ reason: "IN_USE", message }]);
  }
  await record(context, call, { action, key: context.keyring.active.kid, filter: filterOf(options) });
  context.rotation.start(options);
  yield* context.rotation.follow(signal);
}

/** Makes values sealed for a former key unreadable forever, in every process within some seconds. */
export async function destroySealingKey(context: Context, call: CallInfo, kid: string): Promise<void> {
  const action = actions.destroySealing;
  await requireOperator(context, call, action);
  if (!kidForm.test(kid)) {
    throw new SecretError({
      reason: "INVALID_FIELD",
      message: "kid must be 16 hex digits in lower case",
      field: "kid",
    });
  }
  if (kid === context.keyring.active.kid) {
    const message = `${kid} is the active key, and values are sealed for it; make another key the active one first`;
    throw await refuse(context, call, action, [{ reason: "IN_USE", message, key: kid, field: "kid" }]);
  }
  const stored = await context.store.listKeys();
  const seed = stored.find((key) => key.purpose === "sealing" && key.kid === kid);
  if (seed === undefined) {
    const message = `there is no sealing key ${kid}`;
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key: kid, field: "kid" }]);
  }
  await record(context, call, { action, key: kid });
  // The row stays, without its seed, so that the pair is not derived again from a keyring that still has the key.
  const isDestroyed = await context.store.replaceKeyData({ ...seed, data: new Uint8Array(0) }, seed.data);
  if (!isDestroyed)
    throw new SecretError({ reason: "CONTENTION", message: `the sealing key ${kid} was just rewrapped; try again` });
  await context.sealing.forget([kid]);
}

function filterOf({ rowsPerSecond, forgetAnswers }: RotationOptions): string {
  const parts = [
    ...(rowsPerSecond > 0 ? [`rowsPerSecond=${rowsPerSecond}`] : []),
    ...(forgetAnswers ? ["forgetAnswers"] : []),
  ];
  return parts.join(" ");
}

/** Records an allowed call. Only operators get this far. */
async function record(
  context: Context,
  call: CallInfo,
  entry: { readonly action: string; readonly key?: string; readonly filter?: string; readonly count?: number },
): Promise<void> {
  const allowed = { ...entry, decision: "allowed", rule: "operator" } as const;
  await context.accessLog.record([auditRecord(call, context.now(), allowed)]);
}
