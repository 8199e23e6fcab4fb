import { randomUUID } from "node:crypto";
import { SaveOutcome, type SaveResult, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { SecretValue } from "../../text/secret-value.ts";
import type { FileBatch } from "../files/file-batch.ts";
import type { SecretInput } from "../formats/secret-fields.ts";
import type { Service } from "../frame/client.ts";
import { CliError } from "../frame/errors.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { withRetries } from "../frame/retry.ts";
import type { Output } from "../print/output.ts";
import { withProgress } from "../print/progress.ts";
import { secretValueOf } from "../print/shown-value.ts";

/** What is still to be saved: batches of older values, the oldest first, and then the batch with everything. */
export interface VersionPlan {
  readonly earlier: readonly FileBatch[];
  readonly latest: FileBatch;
  /** How many values the earlier batches hold. */
  readonly count: number;
}

/**
 * Plans which older values of the secrets of `latest` are to be saved before it. A secret that exists gets no older
 * values after newer ones: its versions must be the beginning of what is to be saved, as an import leaves them that was
 * interrupted, and then only the rest is saved.
 * @throws CliError, with nothing saved, when a secret has other versions
 */
export async function planVersions(
  service: Service,
  rounds: readonly FileBatch[],
  latest: FileBatch,
  output: Output,
): Promise<VersionPlan> {
  const older = olderValues(rounds, latest);
  const keys = [...older.keys()];
  const present = await withProgress(output, "looking at", keys.length, () => findPresent(service, keys));
  const saved = new Map<string, readonly SecretValue[]>();
  for (const key of present) saved.set(key, await readValues(service, key));
  const rest = new Map<string, readonly SecretValue[]>();
  const others: string[] = [];
  for (const { key, ...secret } of latest.secrets) {
    const before = older.get(key ?? "");
    if (key === undefined || before === undefined) continue;
    const wanted = withoutRepeats([...before, secretValueOf(secret) ?? ""]);
    const there = saved.get(key) ?? [];
    if (there.length > wanted.length || there.some((value, i) => !isEqual(value, wanted[i]))) others.push(key);
    else rest.set(key, wanted.slice(there.length, -1));
  }
  const [first, ...more] = others;
  if (first !== undefined) {
    const which = more.length === 0 ? first : `${first} and ${more.length} more`;
    throw new CliError(
      `${which} already has other versions, and older values would come after them: nothing was saved`,
      ["without --all-versions the newest value becomes its next version; with another -n, both stay"],
    );
  }
  return { earlier: toBatches(rest, present), latest, count: [...rest.values()].flat().length };
}

/**
 * Saves the batches in their order, each as a whole. Every one asks for the version that the one before has made, so
 * that nothing is written over what anyone else saves meanwhile. Returns the results of the last batch.
 */
export async function saveVersions(
  service: Service,
  plan: VersionPlan,
  output: Output,
  onBatch: (batch: FileBatch) => void,
): Promise<SaveResult[]> {
  const versions = new Map<string, number>();
  const save = async (batch: FileBatch, doing: string) => {
    const secrets = batch.secrets.map((secret): SecretInput => {
      const ifVersion = secret.ifVersion ?? versions.get(secret.key ?? "");
      return ifVersion === undefined ? secret : { ...secret, ifVersion };
    });
    onBatch(batch);
    const request = { secrets, idempotencyKey: `oo-import-${randomUUID()}` };
    const call = () => withRetries(() => service.secrets.saveSecrets(request));
    const { results } = await withProgress(output, doing, secrets.length, call);
    for (const { key, version, outcome } of results) if (outcome !== SaveOutcome.FORBIDDEN) versions.set(key, version);
    return results;
  };
  const batches = plan.earlier.length + 1;
  for (const [i, batch] of plan.earlier.entries()) await save(batch, `importing versions (${i + 1} of ${batches}) of`);
  return save(plan.latest, "importing");
}

/**
 * The values before that of `latest`, the oldest first. What the newest version does not have any more does not come
 * back.
 */
function olderValues(rounds: readonly FileBatch[], latest: FileBatch): Map<string, SecretValue[]> {
  const keys = new Set(latest.secrets.map(({ key }) => key));
  const older = new Map<string, SecretValue[]>();
  for (const { key, ...secret } of rounds.flatMap(({ secrets }) => secrets)) {
    const value = secretValueOf(secret);
    if (key !== undefined && value !== undefined && keys.has(key)) older.set(key, [...(older.get(key) ?? []), value]);
  }
  return older;
}

async function findPresent(service: Service, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  if (keys.length === 0) return present;
  const read = (pageToken: string) =>
    service.secrets.listSecrets({ keys: [...keys], view: SecretView.KEYS, pageSize, pageToken });
  for await (const page of readPages(read)) for (const { key } of page.secrets) present.add(key);
  return present;
}

async function readValues(service: Service, key: string): Promise<readonly SecretValue[]> {
  const { versions } = await service.secrets.listVersions({ key, showValues: true });
  const values = versions.map(({ secret }) => secret && secretValueOf(secret)).filter((value) => value !== undefined);
  return withoutRepeats(values.reverse());
}

/** One batch for each step, so that the last older values of all secrets are in the last of them. */
function toBatches(rest: ReadonlyMap<string, readonly SecretValue[]>, present: ReadonlySet<string>): FileBatch[] {
  const steps = Math.max(0, ...[...rest.values()].map((values) => values.length));
  return Array.from({ length: steps }, (_, step) => {
    const secrets: SecretInput[] = [];
    for (const [key, values] of rest) {
      const at = step - (steps - values.length);
      const value = values[at];
      if (value === undefined) continue;
      const isNew = at === 0 && !present.has(key);
      const input: SecretInput =
        typeof value === "string" ? { key, value } : { key, valueBytes: Uint8Array.from(value) };
      secrets.push(isNew ? { ...input, ifVersion: 0 } : input);
    }
    return { secrets, places: secrets.map(({ key }) => `an earlier version of ${key}`) };
  });
}

function withoutRepeats(values: readonly SecretValue[]): SecretValue[] {
  return values.filter((value, i) => i === 0 || !isEqual(value, values[i - 1]));
}

function isEqual(a: SecretValue, b: SecretValue | undefined): boolean {
  if (b === undefined || typeof a !== typeof b) return false;
  return typeof a === "string" ? a === b : Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
}
