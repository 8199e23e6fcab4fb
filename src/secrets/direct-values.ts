import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { type Folded, folderNames } from "./folder-names.ts";
import type { ShownSecret } from "./list-collection.ts";
import { listSecrets } from "./list-secrets.ts";

/**
 * The secrets directly in a folder that the caller may read, with their values. Each value has a record of its own.
 * Throws LIMIT_EXCEEDED when they are more than one answer may have.
 */
export async function readFolder(context: Context, call: CallInfo, folder: string): Promise<readonly ShownSecret[]> {
  const request = { folder, after: "", limit: undefined, fold: directly, right: "read" } as const;
  const names = await folderNames(context, call, request);
  if (names.length > limits.batchItems) throw tooMuch(`${limits.batchItems} fields`, limits.batchItems);
  if (names.length === 0) {
    const entry = { action: "secret.read", decision: "denied", rule: "not-shown", count: 1 } as const;
    await context.accessLog.record([auditRecord(call, context.now(), { ...entry, filter: `folder=${folder}` })]);
    return [];
  }
  const found = await listSecrets(context, call, {
    keys: names.map((name) => folder + name),
    ids: [],
    key: "",
    id: "",
    namespace: "",
    keyPattern: "",
    state: undefined,
    view: "full",
    pageSize: limits.batchItems,
    pageToken: "",
  });
  if (found.nextPageToken !== "") throw tooMuch(`${limits.answerBytes} bytes`, limits.answerBytes);
  const [broken] = found.errors;
  if (broken !== undefined) {
    const message = `the stored document of ${broken.key} does not verify`;
    throw new SecretError({ reason: "INTEGRITY", message, key: broken.key });
  }
  return found.secrets;
}

/** What lies deeper is skipped. */
function directly(rest: string): Folded {
  const at = rest.indexOf("/");
  return at < 0 ? { name: rest, shared: undefined } : { name: undefined, shared: rest.slice(0, at + 1) };
}

function tooMuch(what: string, limit: number): SecretError {
  return new SecretError({
    reason: "LIMIT_EXCEEDED",
    message: `the path has more than ${what}: read deeper paths`,
    limit,
  });
}
