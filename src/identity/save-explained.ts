import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import type { SaveResult } from "../secrets/save-commit.ts";
import { type PlannedLists, type SaveRequest, saveSecrets } from "../secrets/save-secrets.ts";
import { type AccessChanges, accessChanges } from "./access-changes.ts";

export interface ExplainedSave {
  readonly results: readonly SaveResult[];
  /** One for each result; empty unless it was asked for. */
  readonly access: readonly AccessChanges[];
}

/** Saves, or plans a save, and then says on request who would gain and lose which right by it. */
export async function saveExplained(
  context: Context,
  call: IdentityCall,
  request: SaveRequest & { readonly explainAccess: boolean },
): Promise<ExplainedSave> {
  if (!request.explainAccess) return { results: await saveSecrets(context, call, request), access: [] };
  checkRequest(request);
  let planned: readonly (PlannedLists | undefined)[] = [];
  const results = await saveSecrets(context, call, request, (lists) => {
    planned = lists;
  });
  return { results, access: await accessChanges(context, call, planned) };
}

function checkRequest({ validateOnly, secrets, remove }: SaveRequest): void {
  const field = "explainAccess";
  if (!validateOnly) {
    const message = `${field} needs validateOnly: it is about a plan`;
    throw new SecretError({ reason: "CONFLICTING_FIELDS", message, field });
  }
  const actual = secrets.length + remove.length;
  const limit = limits.explainedItems;
  if (actual <= limit) return;
  const message = `with ${field} a request must have at most ${limit} items`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual });
}
