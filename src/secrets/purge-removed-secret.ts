import { SecretError } from "../error.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { purgeSecrets } from "./purge-secrets.ts";
import { loadCurrent } from "./put-value.ts";

/** Purges a removed secret, if there is one. One that was brought back meanwhile stays. Admins only. */
export async function purgeRemovedSecret(context: Context, call: CallInfo, key: string): Promise<void> {
  if (keyProblem(key) !== undefined) return;
  const current = await loadCurrent(context, call, key);
  if (current?.stored.removed !== true) return;
  try {
    await purgeSecrets(context, call, { keys: [key], oldVersions: false });
  } catch (error) {
    const isGone = error instanceof SecretError && (error.reason === "NOT_FOUND" || error.reason === "IN_USE");
    if (!isGone) throw error;
  }
}
