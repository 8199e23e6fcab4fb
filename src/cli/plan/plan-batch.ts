import { SaveOutcome, type SaveResult, SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../limits.ts";
import type { FileBatch } from "../files/file-batch.ts";
import type { SecretInput } from "../formats/secret-fields.ts";
import type { Service } from "../frame/client.ts";
import { CliError } from "../frame/errors.ts";
import { pageSize, readPages } from "../frame/pages.ts";

/** What will happen to one secret, as the service has decided. */
export interface PlannedItem {
  readonly action: "create" | "update" | "unchanged" | "remove" | "forbidden";
  readonly key: string;
  /** The version that the decision is based on; 0 when there was no such secret. */
  readonly versionBefore: number;
  readonly result: SaveResult;
}

/** What will happen to the secrets of the files and, when a namespace is pruned, to the other secrets in it. */
export interface Plan {
  readonly items: readonly PlannedItem[];
  /** Keys to remove. Their items come after those of the files. */
  readonly removed: readonly string[];
}

const actions: Readonly<Record<number, PlannedItem["action"]>> = {
  [SaveOutcome.CREATED]: "create",
  [SaveOutcome.UPDATED]: "update",
  [SaveOutcome.UNCHANGED]: "unchanged",
  [SaveOutcome.REMOVED]: "remove",
  [SaveOutcome.FORBIDDEN]: "forbidden",
};

/**
 * Asks the service what saving the files would do. With a namespace to prune, also asks what removing the other secrets
 * in it would do: all those that the caller can see there and that are not in the files.
 * @throws CliError when the plan is larger than one batch, or when a secret in the namespace does not verify
 */
export async function planBatch(service: Service, batch: FileBatch, pruned: string | undefined): Promise<Plan> {
  const removed = pruned === undefined ? [] : await findSurplus(service, batch, pruned);
  const total = batch.secrets.length + removed.length;
  if (total > limits.batchItems) {
    const found = `${batch.secrets.length} secrets to save and ${removed.length} to remove`;
    throw new CliError(`the plan has ${found}, and one batch takes at most ${limits.batchItems} in all`);
  }
  if (total === 0) return { items: [], removed };
  const { results } = await service.secrets.saveSecrets({
    secrets: [...batch.secrets],
    remove: removed.map((key) => ({ key })),
    validateOnly: true,
  });
  return { items: results.map(toItem), removed };
}

/**
 * The request that applies the plan, or nothing if any of its secrets has changed since. Each secret, even an unchanged
 * one, must be at the version that the plan is based on.
 */
export function toRequest(batch: FileBatch, plan: Plan) {
  const versionOf = (index: number) => plan.items[index]?.versionBefore ?? 0;
  const secrets = batch.secrets.map((secret, i): SecretInput => ({ ...secret, ifVersion: versionOf(i) }));
  const remove = plan.removed.map((key, i) => ({ key, ifVersion: versionOf(batch.secrets.length + i) }));
  return { secrets, remove };
}

function toItem(result: SaveResult): PlannedItem {
  const action = actions[result.outcome];
  if (action === undefined) throw new CliError("the service sent an outcome that this `oo` does not know: update `oo`");
  return { action, key: result.key, versionBefore: versionBefore(action, result.version), result };
}

/**
 * Every change increases the version by one, also across a removal. A plan treats a removed secret as absent, so
 * creating it again is based on version 0.
 */
function versionBefore(action: PlannedItem["action"], version: number): number {
  if (action === "create" || action === "forbidden") return 0;
  return action === "unchanged" ? version : version - 1;
}

async function findSurplus(service: Service, batch: FileBatch, namespace: string): Promise<string[]> {
  const inFiles = new Set(batch.secrets.map(({ key }) => key));
  const surplus: string[] = [];
  const request = { namespace, view: SecretView.KEYS, pageSize };
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    const [failed] = page.errors;
    if (failed !== undefined) throw new CliError(`the stored document of ${failed.key} does not verify`);
    surplus.push(...page.secrets.map(({ key }) => key).filter((key) => !inFiles.has(key)));
  }
  return surplus;
}
