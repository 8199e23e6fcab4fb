import { SaveOutcome, type SaveResult } from "../gen/secret/v1/secret_service_pb.ts";
import type { SecretInput } from "../src/cli/formats/secret-fields.ts";
import { limits } from "../src/limits.ts";
import { accessListNames } from "../src/text/access-list-names.ts";
import { secretService } from "./api.ts";
import { type Lists, namesIn } from "./model/lists.ts";

/** What would be stored, and what the service says about it: one result for each. */
export interface ImportPlan {
  readonly inputs: readonly SecretInput[];
  readonly results: readonly SaveResult[];
}

/**
 * Plans an import. `lists` is for secrets that are not there yet and that name no list of their own: nothing else gets
 * another list by it.
 */
export async function planImport(inputs: readonly SecretInput[], lists: Lists): Promise<ImportPlan> {
  const first = await planOf(inputs);
  if (namesIn(lists).length === 0) return { inputs: bindToPlan(inputs, first), results: first };
  const isNew = (input: SecretInput, at: number) =>
    first[at]?.outcome === SaveOutcome.CREATED && input.ifVersion === undefined && !namesList(input);
  const withLists = inputs.map((input, at) =>
    isNew(input, at) ? { ...input, ...listed(lists), ifVersion: 0 } : input,
  );
  const results = await planOf(withLists);
  return { inputs: bindToPlan(withLists, results), results };
}

async function planOf(secrets: readonly SecretInput[]): Promise<readonly SaveResult[]> {
  const explainAccess = secrets.length <= limits.explainedItems;
  return (await secretService.saveSecrets({ secrets: [...secrets], validateOnly: true, explainAccess })).results;
}

function namesList({ clear = [], ...input }: SecretInput): boolean {
  return accessListNames.some((list) => input[list] !== undefined || clear.includes(list));
}

function listed(lists: Lists): SecretInput {
  const named = accessListNames.filter((list) => lists[list].length > 0);
  return Object.fromEntries(named.map((list) => [list, [...lists[list]]]));
}

/**
 * A secret that another person saves after the plan must not be overwritten: its version has to be that of the plan,
 * and what is to be created must still not be there.
 */
function bindToPlan(inputs: readonly SecretInput[], plan: readonly SaveResult[]): readonly SecretInput[] {
  return inputs.map((input, at) => {
    const result = plan[at];
    if (result === undefined || input.ifVersion !== undefined) return input;
    if (result.outcome === SaveOutcome.CREATED) return { ...input, ifVersion: 0 };
    if (result.outcome === SaveOutcome.UPDATED) return { ...input, ifVersion: result.version - 1 };
    return result.outcome === SaveOutcome.UNCHANGED ? { ...input, ifVersion: result.version } : input;
  });
}

/** How many secrets would be made or changed. */
export function changesOf(plan: readonly SaveResult[]): number {
  return plan.filter(({ outcome }) => outcome === SaveOutcome.CREATED || outcome === SaveOutcome.UPDATED).length;
}

/** Secrets for which a plan changes the same of who has access. */
export interface AccessGroup {
  readonly keys: readonly string[];
  readonly isNew: boolean;
  /** The plan of any of them. */
  readonly plan: SaveResult;
}

/** The names that get and lose access, said once for all secrets for which it is the same. */
export function accessGroupsOf(plan: readonly SaveResult[]): readonly AccessGroup[] {
  const changing = plan.filter(
    ({ outcome, listChanges }) =>
      outcome === SaveOutcome.CREATED || (outcome === SaveOutcome.UPDATED && listChanges.length > 0),
  );
  const same = Map.groupBy(changing, ({ outcome, listChanges, accessChanges, accessChangeCount }) =>
    JSON.stringify([
      outcome,
      accessChangeCount,
      listChanges.map(({ list, added, removed }) => [list, added, removed]),
      accessChanges.map(({ slug, right, gains, through, lastReadAt }) => [
        ...[slug, right, gains, through],
        String(lastReadAt?.seconds),
      ]),
    ]),
  );
  return [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return { keys: group.map(({ key }) => key), isNew: first.outcome === SaveOutcome.CREATED, plan: first };
  });
}
