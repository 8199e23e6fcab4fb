import { SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { keyProblem, namespaceOf } from "../../rules/secret-key.ts";
import type { Output } from "../print/output.ts";
import type { Service } from "./client.ts";
import { usageError } from "./errors.ts";

/** @throws CliError when the key breaks the grammar of keys */
export function checkKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined) throw usageError(`the key ${problem.rule}`);
}

/**
 * The keys that the user means by keys on the command line. For an admin they are taken as written. For other users, a
 * key without a namespace is that secret if they can see it. Otherwise it is the secret of that name in their own
 * namespace, and a hint on standard error says so.
 */
export async function resolveKeys(keys: readonly string[], service: Service, output: Output): Promise<string[]> {
  for (const key of keys) checkKey(key);
  const bare = keys.filter((key) => namespaceOf(key) === undefined);
  if (bare.length === 0) return [...keys];
  const { admin, slug } = await service.identity.whoAmI({});
  if (admin) return [...keys];
  const visible = new Set<string>();
  const { secrets } = await service.secrets.listSecrets({ keys: bare, view: SecretView.KEYS });
  for (const { key } of secrets) visible.add(key);
  return keys.map((key) => {
    if (namespaceOf(key) !== undefined || visible.has(key)) return key;
    output.hint(`${key} means ${slug}/${key}`);
    return `${slug}/${key}`;
  });
}
